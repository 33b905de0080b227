/** Whole seconds from now. */
export function secondsOf(ms: number): number {
  return Math.max(0, Math.round(ms / 1000))
}

export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
