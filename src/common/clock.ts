/** Milliseconds of a clock that never jumps; leases are counted on it. */
export function monotonicMs(): number {
  return performance.now()
}
