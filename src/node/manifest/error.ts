/** Why a file is no manifest that can be believed. */
export type ManifestErrorCode = 'no-manifest' | 'not-a-manifest' | 'too-new' | 'bad-signature'

/** The message is a sentence for the user. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly code: ManifestErrorCode

  constructor(code: ManifestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
