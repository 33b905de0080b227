export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** Whole seconds from now. */
export function secondsOf(ms: number): number {
  return Math.max(0, Math.round(ms / 1000))
}

export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
