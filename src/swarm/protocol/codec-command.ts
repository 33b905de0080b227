import { choice, decoding, finite, fromHex, nonce, peerId, projectId, text } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import type { Command, CommandReply } from './types.ts'
import * as wire from './wire/messages.js'

/** The payload that the one who asks signs. */
export function encodeCommand(command: Command): Uint8Array {
  return wire.Command.encode({ ...command, commandId: fromHex(command.commandId) })
}

export function decodeCommand(payload: Uint8Array): Command {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.Command.decode(bytes))
  return {
    projectId: projectId(raw.projectId),
    owner: peerId(raw.owner, 'owner'),
    commandId: nonce(raw.commandId, 'command id'),
    kind: choice(raw.kind, ['set-priority', 'cancel', 'remove'], 'kind'),
    priority: finite(raw.priority, 'priority')
  }
}

export function encodeCommandReply(reply: CommandReply): Uint8Array {
  return wire.CommandReply.encode({ ...reply, commandId: fromHex(reply.commandId) })
}

export function decodeCommandReply(payload: Uint8Array): CommandReply {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.CommandReply.decode(bytes))
  return {
    commandId: nonce(raw.commandId, 'command id'),
    status: choice(raw.status, ['done', 'refused', 'unknown-project', 'ended', 'failed'], 'status'),
    message: text(raw.message, LIMITS.reasonCharsMax, 'message')
  }
}
