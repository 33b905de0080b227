/** Why a remote message was refused. Codes are API: documented in docs/protocol.md, never reused. */
export type ProtocolErrorCode =
  | 'too-large'
  | 'malformed'
  | 'invalid'
  | 'bad-signature'
  | 'wrong-signer'
  | 'unknown-project'
  | 'stale'
  | 'gap'
  | 'fork'
  | 'frozen'
  | 'twin'
  | 'ended'
  | 'too-many'

/** A message from a peer broke a rule. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProtocolError'
    this.code = code
  }
}

/**
 * What gossip does with a message that failed. Only a provable lie of the forwarding peer (a signature that it could have checked, a form that no version ever had) is
 * rejected; what an honest node may forward is ignored.
 */
export const GOSSIP_VERDICT: Readonly<Record<ProtocolErrorCode, 'ignore' | 'reject'>> = {
  'too-large': 'reject',
  malformed: 'ignore',
  invalid: 'ignore',
  'bad-signature': 'reject',
  'wrong-signer': 'reject',
  'unknown-project': 'ignore',
  stale: 'ignore',
  gap: 'ignore',
  fork: 'ignore',
  frozen: 'ignore',
  twin: 'ignore',
  ended: 'ignore',
  'too-many': 'ignore'
}

/** What an honest neighbour passes on now and then, of a newer version perhaps, but not again and again. */
export const FAULTS: ReadonlySet<ProtocolErrorCode> = new Set([
  'too-large',
  'malformed',
  'invalid',
  'bad-signature',
  'wrong-signer'
])
