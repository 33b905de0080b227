/** What went wrong with media. Codes are API and never reused. */
export type MediaErrorCode =
  | 'not-found'
  | 'not-a-video'
  | 'no-video-stream'
  | 'no-such-track'
  | 'unsupported'
  | 'empty-range'
  | 'decode-failed'
  | 'encode-failed'
  | 'input-mismatch'
  | 'bad-segment'
  | 'join-failed'
  | 'tool-missing'
  /** A program does not know an option that it was given: nobody's fault but grav1's. */
  | 'command-refused'
  | 'output-exists'
  | 'output-unwritable'

/** A failure of `encode`; the message is a sentence for the user. */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly code: MediaErrorCode
  /** The end of what the program wrote to stderr; empty where no program ran. */
  readonly stderrTail: string

  constructor(
    code: MediaErrorCode,
    message: string,
    details: { readonly stderrTail?: string; readonly cause?: unknown } = {}
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.stderrTail = details.stderrTail ?? ''
  }
}
