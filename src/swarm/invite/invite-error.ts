/** Why a text invites nobody, or did not help. */
export type InviteErrorCode =
  | 'no-invite'
  | 'cut-off'
  | 'mistyped'
  | 'newer-version'
  | 'forged'
  | 'expired'
  | 'not-reached'
  | 'bad-answer'
  | 'unknown'
  | 'revoked'
  | 'used'
  | 'refused'
  | 'too-many'
  | 'not-accepted'
  | 'own-node'
  | 'other-swarm'

/** The message is a sentence for the user. */
export class InviteError extends Error {
  readonly code: InviteErrorCode

  constructor(code: InviteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InviteError'
    this.code = code
  }
}
