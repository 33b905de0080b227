import { collectGarbage } from './collect-garbage.ts'

export interface SpareMemoryComponents {
  /** This node encodes, or owns films that are not done. */
  readonly isBusy: () => boolean
  /** Default: {@link collectGarbage}. */
  readonly collect?: () => void
}

const LOOK_MS = 10_000

/**
 * Hands back what the start and each time of work left in the heap, once the node is idle: a third of what it takes (measured). V8 collects when much is made, and who is idle
 * makes next to nothing. @returns a function that ends it
 */
export function spareMemory({ isBusy, collect = collectGarbage }: SpareMemoryComponents): () => void {
  let isOwed = true
  const timer = setInterval(() => {
    if (isBusy()) {
      isOwed = true
      return
    }
    if (isOwed) collect()
    isOwed = false
  }, LOOK_MS)
  return () => clearInterval(timer)
}
