/** What a trace keeps: nothing, every line, or the newest `number` lines. */
export type TraceKeep = 'off' | 'all' | number

/** Lines with virtual time and source, `[  12.345 s] owner  text`. */
export interface Trace {
  readonly on: boolean
  add: (nowMs: number, source: string, text: string) => void
  /** The lines kept, oldest first. */
  lines: () => string[]
}

export function createTrace(keep: TraceKeep): Trace {
  const linesMax = keep === 'off' ? 0 : keep === 'all' ? Infinity : keep
  const kept: string[] = []
  let next = 0
  return {
    on: linesMax > 0,
    add: (nowMs, source, text) => {
      const line = `[${(nowMs / 1000).toFixed(3).padStart(9)} s] ${source.padEnd(10)} ${text}`
      if (kept.length < linesMax) kept.push(line)
      else if (linesMax > 0) {
        kept[next] = line
        next = (next + 1) % linesMax
      }
    },
    lines: () => [...kept.slice(next), ...kept.slice(0, next)]
  }
}
