import type { ThreadsClass } from '../types.ts'

/** More threads than this do nothing at the tile counts that are allowed. */
const THREADS_MAX = 16

/** A thread count that an encoder takes without its bytes depending on it. */
const clampThreads = (threads: number): number => Math.min(Math.max(Math.trunc(threads) || 1, 1), THREADS_MAX)

/** [RULE 75] The threads that an encode of this class gets. @param threads that the program may have here */
export const threadsFor = (threads: number, threadsClass: ThreadsClass): number =>
  threadsClass === 'one' ? 1 : clampThreads(threads)
