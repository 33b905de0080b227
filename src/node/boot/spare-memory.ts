import { collectGarbage } from './collect-garbage.ts'

export interface SpareMemoryComponents {
  /** This node encodes, or owns films that are not done. */
  readonly isBusy: () => boolean
  /** Default: {@link collectGarbage}. */
  readonly collect?: () => void
  /** Memory of this process. Default: what the system says. */
  readonly memoryBytes?: () => number
}

const LOOK_MS = 10_000
/** What others ask of an idle node leaves as much behind as work does: a flood of a minute 100 MB and more (measured). */
const GROWN_BYTES = 32 * 1024 * 1024

/**
 * Hands back what the start, each time of work, and what others asked meanwhile left in the heap, once the node is idle: a third of what it takes (measured). V8 collects when much
 * is made, and who is idle makes next to nothing. @returns a function that ends it
 */
export function spareMemory({
  isBusy,
  collect = collectGarbage,
  memoryBytes = () => process.memoryUsage.rss()
}: SpareMemoryComponents): () => void {
  let isOwed = true
  let leanBytes = 0
  const timer = setInterval(() => {
    if (isBusy()) {
      isOwed = true
      return
    }
    if (!isOwed && memoryBytes() < leanBytes + GROWN_BYTES) return
    collect()
    isOwed = false
    leanBytes = memoryBytes()
  }, LOOK_MS)
  return () => clearInterval(timer)
}
