import type { NodeStatus } from '../../api/schemas/index.ts'
import { createClient, type NodeClient } from './client.ts'
import { CliError } from './errors.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { plural, printable } from '../../common/text.ts'
import type { CliIo } from './io.ts'
import type { NodeOptions } from './status-command.ts'

/** What a command does at a node, and what it says then. */
interface ControlCommand {
  readonly act: (client: NodeClient) => Promise<NodeStatus>
  readonly says: (node: NodeStatus) => string
}

function finishing({ busy }: NodeStatus): string {
  if (busy === 0) return ''
  return busy === 1 ? '; 1 running scene is finished first' : `; ${busy} running scenes are finished first`
}

/** `grav1 pause` */
export const pauseCommand: ControlCommand = {
  act: async (client) => client.changeNode({ paused: true }),
  says: (node) =>
    `paused ${printable(node.name)}${finishing(node)}. It stays paused across restarts until "grav1 resume"`
}

/** `grav1 resume` */
export const resumeCommand: ControlCommand = {
  act: async (client) => client.changeNode({ paused: false }),
  says: (node) => `${printable(node.name)} takes scenes again, ${node.slots} at once`
}

/** `grav1 drain` */
export const drainCommand: ControlCommand = {
  act: async (client) => client.drainNode(),
  says: (node) =>
    `${printable(node.name)} takes no more scenes${finishing(node)}. Stop it when "grav1 status" shows none busy; "grav1 resume" ends the drain`
}

/** `grav1 workers <n>` @throws {@link CliError} `usage` */
export function workersCommand(text: string): ControlCommand {
  const slots = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(slots <= 1024)) throw new CliError('usage', `"${text}" is not allowed; use a whole number from 0 to 1024.`)
  return {
    act: async (client) => client.changeNode({ slots }),
    says: (node) =>
      `${printable(node.name)} now encodes ${plural(node.slots, 'scene')} at once${node.busy > node.slots ? finishing(node) : ''}`
  }
}

/** Runs one of them at the node that the options name. */
export async function controlNode(
  { act, says }: ControlCommand,
  options: NodeOptions,
  dataDir: string,
  io: CliIo
): Promise<ExitReason> {
  io.out(says(await act(createClient(await findNode({ ...options, env: io.env, dataDir })))))
  return 'ok'
}
