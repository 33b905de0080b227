/** More threads than this do nothing at the tile counts that are allowed. */
const THREADS_MAX = 16

/** A thread count that an encoder takes without its bytes depending on it. */
export const clampThreads = (threads: number): number => Math.min(Math.max(Math.trunc(threads) || 1, 1), THREADS_MAX)
