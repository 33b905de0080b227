import { MediaError, tryJoin, type TrialJoinInput } from '../../encode/index.ts'
import { SubmitError } from './job.ts'

/** Tries the end of a project before its beginning. @returns sentences for the user @throws SubmitError `unsupported` or `output-unwritable` */
export async function tryEnd(input: TrialJoinInput, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await tryJoin(input, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    const code = cause.code === 'output-unwritable' ? 'output-unwritable' : 'unsupported'
    throw new SubmitError(code, cause.message, { cause })
  }
}
