import { assertNever } from '../../common/assert-never.ts'
import { choice, decoding, finite, fromHex, invalid, nonce, peerId, projectId, text } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import type { Command, CommandKind, CommandReply, CommandRequest, CommandStatus } from './types.ts'
import * as wire from './wire/messages.js'

const KINDS: readonly CommandKind[] = ['set-priority', 'cancel', 'remove', 'retry', 'set-output']

const STATUSES: readonly CommandStatus[] = [
  'done',
  'refused',
  'unknown-project',
  'ended',
  'not-waiting',
  'too-late',
  'output-exists',
  'output-unwritable',
  'output-unsupported',
  'failed'
]

/** The payload that the asking node signs. */
export function encodeCommand(command: Command): Uint8Array {
  return wire.Command.encode({ ...command, commandId: fromHex(command.commandId) })
}

/** A field that the kind does not have is empty, so that two differently signed commands differ in meaning. */
export function decodeCommand(payload: Uint8Array): Command {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.Command.decode(bytes))
  const kind = choice(raw.kind, KINDS, 'kind')
  if (kind !== 'set-priority' && raw.priority !== 0) return invalid(`a priority in ${kind}`)
  if (kind !== 'set-output' && raw.output !== '') return invalid(`an output in ${kind}`)
  const to = { owner: peerId(raw.owner, 'owner'), commandId: nonce(raw.commandId, 'command id') }
  return { ...request(kind, raw), ...to }
}

function request(kind: CommandKind, raw: wire.Command): CommandRequest {
  const id = { projectId: projectId(raw.projectId) }
  switch (kind) {
    case 'set-priority':
      return { ...id, kind, priority: finite(raw.priority, 'priority') }
    case 'set-output':
      return { ...id, kind, output: output(raw.output) }
    case 'cancel':
    case 'remove':
    case 'retry':
      return { ...id, kind }
    default:
      return assertNever(kind)
  }
}

/** Whether it could be the name of a file somewhere. */
export function isOutputName(value: string): boolean {
  return value !== '' && value.length <= LIMITS.outputCharsMax && !/\p{Cc}/u.test(value) && value.isWellFormed()
}

function output(value: string): string {
  return isOutputName(value) ? value : invalid('the output is not the name of a file')
}

export function encodeCommandReply(reply: CommandReply): Uint8Array {
  return wire.CommandReply.encode({ ...reply, commandId: fromHex(reply.commandId) })
}

export function decodeCommandReply(payload: Uint8Array): CommandReply {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.CommandReply.decode(bytes))
  return {
    commandId: nonce(raw.commandId, 'command id'),
    status: choice(raw.status, STATUSES, 'status'),
    message: text(raw.message, LIMITS.reasonCharsMax, 'message')
  }
}
