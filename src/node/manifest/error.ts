/** Why a manifest cannot be believed, or its scenes cannot be encoded again. */
export type ManifestErrorCode =
  | 'no-manifest'
  | 'not-a-manifest'
  | 'too-new'
  | 'bad-signature'
  | 'no-source'
  | 'other-build'
  | 'not-repeatable'

/** The message is a sentence for the user. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly code: ManifestErrorCode

  constructor(code: ManifestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
