import type { PeerStatus } from '../../../api/schemas/index.ts'
import { atNodeOrFolder } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { peerNamed, peerText } from './peer-named.ts'
import { peerTable } from './peer-table.ts'
import { CELLS_DEFAULT } from './status.ts'

const ACTIONS = ['trust', 'ban', 'forget'] as const

type Action = (typeof ACTIONS)[number]

const DONE: Readonly<Record<Action, { readonly standing: PeerStatus['standing']; readonly words: string }>> = {
  trust: { standing: 'trusted', words: 'is trusted: its projects are encoded here, and its commands are obeyed' },
  ban: { standing: 'banned', words: 'is banned: it is not connected, and nothing is done for it' },
  forget: { standing: null, words: 'is forgotten: it is neither trusted nor banned here' }
}

async function list(call: Call): Promise<void> {
  const { peers, projects } = await atNodeOrFolder(call.where, async (client) => client.status())
  const cells = call.io.terminal?.columns ?? CELLS_DEFAULT
  say(call, peers, peers.length === 0 ? 'no peers' : peerTable(peers, projects, cells))
}

async function decide(call: Call, action: Action, name: string): Promise<void> {
  const { standing, words } = DONE[action]
  const peer = await atNodeOrFolder(call.where, async (client) => {
    const named = peerNamed((await client.status()).peers, name)
    await client.decide(named.peerId, standing)
    return named
  })
  say(call, { peerId: peer.peerId, name: peer.name, standing }, `${peerText(peer)} ${words}`)
}

/** `grav1 peers` */
export const peersCommand: CommandDefinition = {
  name: 'peers',
  help: 'list the other machines, their speed, what they encode and what they may do; trust or ban one',
  group: 'Machines:',
  args: [
    {
      name: '[action]',
      help: 'trust: encode its projects and obey it; ban: have nothing to do with it; forget: neither',
      choices: ACTIONS
    },
    { name: '[peer]', help: 'machine: its peer id, the end of it, or its name' }
  ],
  asks: 'node-or-folder',
  json: 'one',
  examples: [
    { line: 'grav1 peers', what: 'all that are known' },
    { line: 'grav1 peers trust kitchen-nas', what: 'encode its films here' },
    { line: 'grav1 peers ban 12D3KooW...', what: 'close its connections and refuse new ones' }
  ],
  run: async (call) => {
    const [given = '', name = ''] = call.args
    const action = ACTIONS.find((one) => one === given)
    if (action === undefined) await list(call)
    else if (name === '') throw new CliError('usage', `Give a peer: grav1 peers ${action} <peer id or name>.`)
    else await decide(call, action, name)
    return 'ok'
  }
}
