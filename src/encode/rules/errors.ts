/** Why parameters or options were refused. Codes are API and never reused. */
export type ParamsErrorCode =
  | 'unknown-encoder'
  | 'unknown-flag'
  | 'other-version'
  | 'core-flag'
  | 'file-flag'
  | 'bad-value'
  | 'bad-syntax'
  | 'bad-depth'
  | 'bad-video'
  | 'bad-scenes'
  | 'bad-streams'
  | 'bad-uids'
  | 'bad-words'
  | 'bad-position'
  | 'bad-range'
  | 'bad-zone'
  | 'bad-sample'
  | 'bad-picture'
  | 'scene-flag'
  | 'too-long'

/** What a refusal is about, in addition to its message. */
export interface ParamsErrorDetails {
  /** The flag at fault, as it was written. */
  readonly flag?: string | undefined
  /** The option at fault, if one check covers several. */
  readonly field?:
    | 'encoder'
    | 'minFrames'
    | 'maxFrames'
    | 'threshold'
    | 'audio'
    | 'audioLang'
    | 'audioTracks'
    | 'subtitles'
    | 'subtitleLang'
    | 'subtitleTracks'
    | 'attachments'
    | 'title'
    | 'tag'
    | 'crop'
    | 'scale'
    | 'fit'
    | 'depth'
    | undefined
}

/** Encoder parameters or scene options that grav1 refuses; the message is a sentence that names the culprit. */
export class ParamsError extends Error {
  override readonly name = 'ParamsError'
  readonly code: ParamsErrorCode
  readonly flag: ParamsErrorDetails['flag']
  readonly field: ParamsErrorDetails['field']

  constructor(code: ParamsErrorCode, message: string, { flag, field }: ParamsErrorDetails = {}) {
    super(message)
    this.code = code
    this.flag = flag
    this.field = field
  }
}

/** What is wrong with encoded bytes. Codes are API and never reused. */
export type BitstreamErrorCode =
  | 'truncated'
  | 'bad-header'
  | 'too-large'
  | 'not-a-key-frame'
  | 'no-sequence-header'
  | 'unsupported'

/** Encoded bytes that break the rules of their format. */
export class BitstreamError extends Error {
  override readonly name = 'BitstreamError'
  readonly code: BitstreamErrorCode

  constructor(code: BitstreamErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
