import { raceSignal } from 'race-signal'

/**
 * Waits until something calls back.
 * @param begin gets the function to call with the result and the one to call with an error. @returns what ends it, called once however the waiting ends
 * @throws the signal's reason, also where it was aborted before; `begin` is not called then
 */
export async function waitFor<T>(
  begin: (done: (value: T) => void, fail: (error: unknown) => void) => () => void,
  signal?: AbortSignal
): Promise<T> {
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const end = begin(resolve, reject)
  try {
    return await raceSignal(promise, signal)
  } finally {
    end()
  }
}
