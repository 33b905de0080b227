import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const GROWTH = '--semi-space-growth-factor'
const USUAL = 2
const NONE = 1

/** Two halves of 16 MiB, as V8 had for years. Today's limit is 128 MiB on a 64-bit machine, and what a busy minute took is kept. */
const YOUNG_BYTES_MAX = 32 * 1024 * 1024

const growBy = (factor: number): void => setFlagsFromString(`${GROWTH}=${factor}`)

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0

/**
 * Runs a task in which nearly all that is made stays. V8 would take it for a sign that the space for new objects has to grow, and keep that size: 24 MB that an idle
 * node never needs again (measured).
 */
export async function withSmallYoungGeneration<Value>(task: () => Promise<Value>): Promise<Value> {
  growBy(NONE)
  try {
    return await task()
  } finally {
    growBy(USUAL)
  }
}

/**
 * Keeps the space for new objects from growing beyond 32 MiB, which a flood of messages makes it do (ADR 0144). V8 takes its own limit as an argument of the process only, so
 * this looks after each collection whether it may grow further. One collection that comes before the look may double it once more. @returns a function that ends it
 */
export function boundYoungGeneration(): () => void {
  const observer = new PerformanceObserver(() => growBy(youngBytes() < YOUNG_BYTES_MAX ? USUAL : NONE))
  observer.observe({ entryTypes: ['gc'] })
  return () => {
    observer.disconnect()
    growBy(USUAL)
  }
}
