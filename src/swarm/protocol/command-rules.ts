import { ProtocolError } from './errors.ts'
import type { Command, CommandReply, CommandRequest } from './types.ts'

/** [RULE 60] The place that a command names is as restricted as that of a request without a token, and it replaces nothing. */
export const placeOf = ({ output }: Extract<CommandRequest, { kind: 'set-output' }>) =>
  ({ output, overwrite: false, trusted: false }) as const

/**
 * [RULE 61] The peer of the connection must have signed the command itself, for this node: an overheard command is useless.
 * @throws ProtocolError `wrong-signer`
 */
export function checkCommand(
  { owner }: Pick<Command, 'owner'>,
  parties: { readonly signer: string; readonly peer: string; readonly self: string }
): void {
  if (parties.signer !== parties.peer) throw new ProtocolError('wrong-signer', 'a command that another peer signed')
  if (owner !== parties.self) throw new ProtocolError('wrong-signer', 'a command for another owner')
}

/** [RULE 62] The key under which a command counts once: the id together with the peer, so that nobody can use up another peer's id. */
export const commandKey = (peer: string, commandId: string): string => `${peer} ${commandId}`

/** [RULE 63] Why a command is not carried out; undefined for one that is. Nothing of it is remembered: strangers would push out the ids of others. */
export function commandRefusal(asked: {
  /** The peer sends more commands than it may. */
  readonly isTooMany: boolean
  readonly isObeyed: boolean
}): Pick<CommandReply, 'status' | 'message'> | undefined {
  if (asked.isTooMany) return { status: 'failed', message: 'too many commands at once' }
  return asked.isObeyed ? undefined : { status: 'refused', message: 'this node does not trust the peer that asks' }
}
