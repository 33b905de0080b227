/** Milliseconds of a clock that never jumps; leases are counted on it. */
export function monotonicMs(): number {
  return performance.now()
}

/** The time of day in milliseconds at which the clock that never jumps will say this. */
export function wallTimeOf(atMs: number): number {
  return Math.round(Date.now() + atMs - monotonicMs())
}
