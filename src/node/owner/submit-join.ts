import { tryJoin, type TrialJoinInput } from '../../encode/index.ts'
import { refusedSource } from './submit-error.ts'

/** Tries the end of a project before its beginning. @returns sentences for the user @throws SubmitError */
export async function tryEnd(input: TrialJoinInput, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await tryJoin(input, { signal })
  } catch (error) {
    throw refusedSource(error, 'unsupported')
  }
}
