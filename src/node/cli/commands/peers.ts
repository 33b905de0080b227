import type { PeerStatus } from '../../../api/schemas/index.ts'
import { atNode, atNodeOrFolder } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { requestText } from './ask-about-requests.ts'
import { peerNamed, peerText } from './peer-named.ts'
import { peerTable } from './peer-table.ts'
import { CELLS_DEFAULT } from './status.ts'

const ACTIONS = ['trust', 'ban', 'forget'] as const
const REQUEST_ACTIONS = ['requests', 'accept', 'refuse'] as const

type Action = (typeof ACTIONS)[number]

const DONE: Readonly<Record<Action, { readonly standing: PeerStatus['standing']; readonly words: string }>> = {
  trust: { standing: 'trusted', words: 'is trusted: this node encodes its projects and obeys its commands' },
  ban: { standing: 'banned', words: 'is banned: this node does not connect to it, and does nothing for it' },
  forget: { standing: null, words: 'is forgotten: this node neither trusts nor bans it' }
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

async function listRequests(call: Call): Promise<void> {
  const { node } = await atNode(call.where, async (client) => client.status())
  const { joinRequests = [] } = node
  const lines = joinRequests.map((request) => `${request.id}  ${requestText(request)}`)
  say(call, joinRequests, lines.length === 0 ? 'no machine wants to join' : lines.join('\n'))
}

async function answerRequest(call: Call, isAccepted: boolean, name: string): Promise<void> {
  const request = await atNode(call.where, async (client) => {
    const { joinRequests = [] } = (await client.status()).node
    const found = joinRequests.filter((one) => one.id === name || one.peerId === name || one.name === name)
    const [first] = found
    if (first === undefined || found.length > 1)
      throw new CliError('usage', `"${name}" is not one machine that wants to join; "grav1 peers requests" lists them.`)
    await client.answerJoin(first.id, isAccepted)
    return first
  })
  say(call, request, `${requestText(request)} was ${isAccepted ? 'accepted' : 'refused'}`)
}

/** `grav1 peers` */
export const peersCommand: CommandDefinition = {
  name: 'peers',
  help: 'list the other machines, their speed, what they encode and what they may do; trust or ban one; answer machines that want to join',
  group: 'Machines:',
  args: [
    {
      name: '[action]',
      help: 'trust: encode its projects and obey it; ban: refuse its connections; forget: undo both; requests: list machines that want to join; accept, refuse: answer one of them',
      choices: [...ACTIONS, ...REQUEST_ACTIONS]
    },
    {
      name: '[peer]',
      help: 'machine: its peer id, the end of it, or its name; for accept and refuse also the id of the request'
    }
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
    const isAnswer = given === 'accept' || given === 'refuse'
    if (given === 'requests') await listRequests(call)
    else if (isAnswer && name !== '') await answerRequest(call, given === 'accept', name)
    else if (isAnswer) throw new CliError('usage', `The request is missing: grav1 peers ${given} <id or name>.`)
    else if (action === undefined) await list(call)
    else if (name === '') throw new CliError('usage', `The peer is missing: grav1 peers ${action} <peer id or name>.`)
    else await decide(call, action, name)
    return 'ok'
  }
}
