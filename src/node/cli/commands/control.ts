import { Option } from 'commander'
import type { NodeStatus } from '../../../api/schemas/index.ts'
import { plural, printable } from '../../../common/text.ts'
import { atNode } from '../at-node.ts'
import type { NodeClient } from '../client.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { goToSleep, sleepSeconds } from './sleep.ts'

function finishing({ busy }: NodeStatus): string {
  if (busy === 0) return ''
  return busy === 1 ? '; 1 running scene is finished first' : `; ${busy} running scenes are finished first`
}

interface Control {
  readonly name: string
  readonly help: string
  readonly act: (client: NodeClient) => Promise<NodeStatus>
  /** What it says then. */
  readonly says: (node: NodeStatus) => string
}

const controlCommand = ({ name, help, act, says }: Control): CommandDefinition => ({
  name,
  help,
  group: 'This node:',
  asks: 'node',
  json: 'one',
  run: async (call) => {
    const node = await atNode(call.where, act)
    say(call, node, says(node))
    return 'ok'
  }
})

/** `grav1 pause` */
export const pauseCommand = controlCommand({
  name: 'pause',
  help: 'take no new scenes here until "grav1 resume"',
  act: async (client) => client.changeNode({ paused: true }),
  says: (node) =>
    `paused ${printable(node.name)}${finishing(node)}. It stays paused across restarts until "grav1 resume"`
})

/** `grav1 resume` */
export const resumeCommand = controlCommand({
  name: 'resume',
  help: 'end a pause or a drain',
  act: async (client) => client.changeNode({ paused: false }),
  says: (node) => `${printable(node.name)} takes scenes again, ${node.slots} at once`
})

const plainDrain = controlCommand({
  name: 'drain',
  help: 'finish the running scenes and hand back the rest, so that the node can be stopped',
  act: async (client) => client.drainNode(),
  says: (node) =>
    `${printable(node.name)} takes no more scenes${finishing(node)}. Stop it when "grav1 status" shows none busy; "grav1 resume" ends the drain`
})

/** `grav1 drain` */
export const drainCommand: CommandDefinition = {
  ...plainDrain,
  options: () => [
    new Option(
      '--sleep <time>',
      'afterwards give trusted machines scenes to encode for this long, as "grav1 sleep --for" does'
    )
  ],
  run: async (call) => {
    const { sleep } = call.options
    if (typeof sleep !== 'string') return plainDrain.run(call)
    const seconds = sleepSeconds(sleep)
    // What is handed back here goes to the others.
    await atNode(call.where, async (client) => client.drainNode())
    return goToSleep(call, seconds)
  }
}

const SLOTS_MAX = 1024

/** @throws {@link CliError} `usage` */
function slotsOf(text: string): number {
  const slots = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (slots <= SLOTS_MAX) return slots
  throw new CliError('usage', `"${text}" is not allowed; use a whole number from 0 to ${SLOTS_MAX}.`)
}

/** `grav1 workers <n>` */
export const workersCommand: CommandDefinition = {
  name: 'workers',
  help: 'set how many scenes the running node encodes at once',
  group: 'This node:',
  args: [{ name: '<n>', help: `0 to ${SLOTS_MAX}` }],
  asks: 'node',
  json: 'one',
  run: async (call) => {
    const slots = slotsOf(call.args[0] ?? '')
    const node = await atNode(call.where, async (client) => client.changeNode({ slots }))
    const more = node.busy > node.slots ? finishing(node) : ''
    say(call, node, `${printable(node.name)} now encodes ${plural(node.slots, 'scene')} at once${more}`)
    return 'ok'
  }
}
