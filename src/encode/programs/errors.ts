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
  /** A program of an encode got no more memory: this machine is short of it, whatever the scene. */
  | 'out-of-memory'
  /** A program of an encode crashed without a word: for want of memory, or by a fault of its own. */
  | 'crashed'
  | 'input-mismatch'
  | 'bad-segment'
  | 'join-failed'
  | 'tool-missing'
  /** A program does not know an option that it was given: only grav1 is to blame. */
  | 'command-refused'
  | 'output-exists'
  | 'output-unwritable'

/** What else is known of a failure. */
export interface MediaErrorDetails {
  readonly stderrTail?: string
  readonly field?: 'range' | 'frames' | 'videoTrack' | 'audio' | 'subtitles' | 'crop' | 'scale' | 'output' | undefined
  readonly cause?: unknown
}

/** A failure of `encode`; the message is a sentence for the user. */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly code: MediaErrorCode
  /** The end of what the program wrote to stderr; empty where no program ran. */
  readonly stderrTail: string
  /** The option that helps, where there is one. */
  readonly field: MediaErrorDetails['field']

  constructor(code: MediaErrorCode, message: string, details: MediaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.stderrTail = details.stderrTail ?? ''
    this.field = details.field
  }
}
