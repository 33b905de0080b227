import { MediaError } from '../../encode/index.ts'
import { retryWhenFull, saysDiskFull, type DiskGuard } from '../../storage/index.ts'

/** The part of the disk guard that somebody who works on files needs. */
export type SpaceWatch = Pick<DiskGuard, 'report' | 'whenThereIsSpace'>

/** Begins a step of work when there is space, and begins it again when it found none, whether a write of this node said so or a program. @throws any other error, and the signal's reason */
export async function stepWhenFull<T>(guard: SpaceWatch, task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  await guard.whenThereIsSpace(signal)
  return retryWhenFull(
    guard,
    async () => {
      try {
        return await task()
      } catch (error) {
        throw asDiskError(error)
      }
    },
    { signal }
  )
}

/** Programs say it in their own words. */
function asDiskError(error: unknown): unknown {
  if (!(error instanceof MediaError) || !saysDiskFull(`${error.message}\n${error.stderrTail}`)) return error
  const cause = Object.assign(new Error('a program ran out of space', { cause: error }), { code: 'ENOSPC' })
  return new Error(error.message, { cause })
}
