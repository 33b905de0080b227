import type { PendingResult } from '../../swarm/protocol/index.ts'

/** Results of a worker before its others are compared with them. */
const RESULTS_MIN = 3

/** Below this part of the lowest value so far a result is unusual. */
const UNUSUAL = 0.5

/** Of the results of a worker, one and this share may be encoded again for being unusual. Some parameters make every scene unusual. */
const SHARE_MAX = 0.05

/** How fast a worker has been at best, and how small its results were, for one frame. */
interface Usual {
  readonly results: number
  readonly msPerFrame: number
  readonly bytesPerFrame: number
  /** Results that were called unusual. */
  readonly unusual: number
}

/** What the results of each worker took so far. */
export interface UsualWork {
  /**
   * Why a result is unusual, and notes it.
   * @param seen what is unusual about it by itself; otherwise it is compared with the earlier ones of its worker, where there are a few
   * @returns undefined for a usual one, and when enough of its worker were unusual
   */
  readonly oddity: (result: PendingResult, frames: number, seen: string | undefined) => string | undefined
}

const NOTHING: Usual = { results: 0, msPerFrame: Infinity, bytesPerFrame: Infinity, unusual: 0 }

export function createUsualWork(): UsualWork {
  const workers = new Map<string, Usual>()
  return {
    oddity: ({ worker, blob, encodeMs }, frames, seen) => {
      const usual = workers.get(worker) ?? NOTHING
      const msPerFrame = encodeMs / frames
      const bytesPerFrame = blob.bytes / frames
      const isKnown = usual.results >= RESULTS_MIN
      const words = seen ?? (isKnown ? wordsFor(usual, msPerFrame, bytesPerFrame) : undefined)
      const odd = usual.unusual <= SHARE_MAX * usual.results ? words : undefined
      workers.set(worker, {
        results: usual.results + 1,
        msPerFrame: Math.min(usual.msPerFrame, msPerFrame),
        bytesPerFrame: Math.min(usual.bytesPerFrame, bytesPerFrame),
        unusual: usual.unusual + Number(odd !== undefined)
      })
      return odd
    }
  }
}

function wordsFor(usual: Usual, msPerFrame: number, bytesPerFrame: number): string | undefined {
  if (msPerFrame < UNUSUAL * usual.msPerFrame)
    return `it took ${msPerFrame.toFixed(0)} ms for a frame, and its worker was never faster than ${usual.msPerFrame.toFixed(0)} ms`
  if (bytesPerFrame < UNUSUAL * usual.bytesPerFrame)
    return `it has ${bytesPerFrame.toFixed(0)} bytes for a frame, and its worker's smallest had ${usual.bytesPerFrame.toFixed(0)}`
  return undefined
}
