import { MediaError, type MediaErrorCode, tryJoin, type TrialJoinInput } from '../../encode/index.ts'
import { ParamsError, type ParamsErrorCode } from '../../encode/rules/index.ts'
import { SubmitError, type SubmitErrorCode } from './job.ts'

const SUBMIT_CODES: Partial<Record<ParamsErrorCode, SubmitErrorCode>> = {
  'unknown-encoder': 'unknown-encoder',
  // What is wrong with where scenes begin, not with how they are encoded.
  'bad-scenes': 'bad-options',
  'bad-position': 'bad-options',
  'bad-range': 'bad-options',
  'bad-zone': 'bad-options',
  'bad-sample': 'bad-options',
  'bad-uids': 'bad-options',
  'bad-video': 'unsupported'
}

/** @throws SubmitError where the task throws ParamsError */
export function asSubmitError<T>(task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    throw new SubmitError(SUBMIT_CODES[error.code] ?? 'bad-params', error.message, { cause: error })
  }
}

const PROBE_CODES: Partial<Record<MediaErrorCode, SubmitErrorCode>> = {
  'not-found': 'not-found',
  'no-such-track': 'bad-options',
  unsupported: 'unsupported',
  'tool-missing': 'no-encoder',
  'command-refused': 'no-encoder'
}

/** What looking at a source threw, as a refusal. */
export function probeError(error: unknown): unknown {
  if (!(error instanceof MediaError)) return error
  return new SubmitError(PROBE_CODES[error.code] ?? 'not-a-video', error.message, { cause: error })
}

/** What trying the end threw, as a refusal. */
export function trialError(cause: unknown): unknown {
  if (!(cause instanceof MediaError)) return cause
  const code = cause.code === 'output-unwritable' ? 'output-unwritable' : 'unsupported'
  return new SubmitError(code, cause.message, { cause })
}

/** Tries the end of a project before its beginning. @returns sentences for the user @throws SubmitError `unsupported` or `output-unwritable` */
export async function tryEnd(input: TrialJoinInput, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await tryJoin(input, { signal })
  } catch (error) {
    throw trialError(error)
  }
}
