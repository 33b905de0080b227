import { MediaError, type MediaErrorCode } from '../../encode/index.ts'
import { ParamsError, type ParamsErrorCode } from '../../encode/rules/index.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'

export type SubmitErrorCode =
  | 'not-found'
  | 'not-a-video'
  | 'unknown-encoder'
  | 'unknown-preset'
  | 'bad-params'
  | 'bad-options'
  | 'no-encoder'
  | 'output-exists'
  | 'output-taken'
  | 'output-unwritable'
  | 'unsupported'
  | 'growing'
  | 'own-result'
  | 'would-lose'

/** What a submission is made of. */
export type SubmitField = keyof SubmitRequest

/** What a refusal is about: undefined where it is about this node. */
export interface SubmitErrorDetails {
  readonly field: SubmitField | undefined
  readonly cause?: unknown
}

/** A submission was refused; nothing was left behind. The message says what to do. */
export class SubmitError extends Error {
  override readonly name = 'SubmitError'
  readonly code: SubmitErrorCode
  readonly field: SubmitField | undefined

  constructor(code: SubmitErrorCode, message: string, { field, cause }: SubmitErrorDetails) {
    super(message, { cause })
    this.code = code
    this.field = field
  }
}

const PARAMS_CODES: Partial<Record<ParamsErrorCode, SubmitErrorCode>> = {
  'unknown-encoder': 'unknown-encoder',
  // What is wrong with where scenes begin, not with how they are encoded.
  'bad-scenes': 'bad-options',
  'bad-position': 'bad-options',
  'bad-range': 'bad-options',
  'bad-zone': 'bad-options',
  'bad-sample': 'bad-options',
  'bad-uids': 'bad-options',
  'bad-picture': 'bad-options',
  'bad-video': 'unsupported'
}

/** Checks one field, or several where the check itself says which of them is at fault. @throws SubmitError */
export function checkField<T>(field: SubmitField, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    throw new SubmitError(PARAMS_CODES[error.code] ?? 'bad-params', error.message, {
      field: error.field ?? field,
      cause: error
    })
  }
}

const MEDIA_CODES: Partial<Record<MediaErrorCode, SubmitErrorCode>> = {
  'not-found': 'not-found',
  unsupported: 'unsupported',
  'no-such-track': 'bad-options',
  'output-unwritable': 'output-unwritable',
  'tool-missing': 'no-encoder',
  'command-refused': 'no-encoder'
}

/** Nothing in the submission would change it. */
const OF_THIS_NODE: ReadonlySet<MediaErrorCode> = new Set(['tool-missing', 'command-refused'])

/** A failure to read a source as a refusal of it; any other error as it is. */
export function refusedSource(error: unknown, otherwise: SubmitErrorCode = 'not-a-video'): unknown {
  if (!(error instanceof MediaError)) return error
  const field = OF_THIS_NODE.has(error.code) ? undefined : (error.field ?? 'input')
  return new SubmitError(MEDIA_CODES[error.code] ?? otherwise, error.message, { field, cause: error })
}
