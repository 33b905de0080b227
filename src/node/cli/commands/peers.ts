import { atNode } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { peerTable } from './peer-table.ts'
import { CELLS_DEFAULT } from './status.ts'

/** `grav1 peers` */
export const peersCommand: CommandDefinition = {
  name: 'peers',
  help: 'list the other machines, their speed and what they encode',
  group: 'Machines:',
  asks: 'node',
  json: 'one',
  run: async (call) => {
    const { peers, projects } = await atNode(call.where, async (client) => client.status())
    const cells = call.io.terminal?.columns ?? CELLS_DEFAULT
    say(call, peers, peers.length === 0 ? 'no peers' : peerTable(peers, projects, cells))
    return 'ok'
  }
}
