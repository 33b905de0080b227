import type { TimelineEntry } from '../../../src/api/schemas/index.ts'

/** A worker's row of the time line. */
export interface Row {
  readonly worker: string
  readonly bars: readonly Bar[]
  /** Lines that its bars need, since a worker has several scenes at once. */
  readonly lanes: number
}

export interface Bar {
  readonly entry: TimelineEntry
  readonly lane: number
  /** Shares of the shown span, 0 to 1. */
  readonly from: number
  readonly to: number
}

/** The rows of a span: bars that lie in it, cut to it, each in the first lane that is free. */
export function rowsOf(entries: readonly TimelineEntry[], fromMs: number, toMs: number): Row[] {
  const span = Math.max(1, toMs - fromMs)
  const workers = new Map<string, Bar[]>()
  const lanes = new Map<string, number[]>()
  for (const entry of entries.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    const endMs = entry.endedAtMs ?? toMs
    if (endMs < fromMs || entry.startedAtMs > toMs) continue
    const free = lanes.get(entry.worker) ?? []
    const found = free.findIndex((untilMs) => untilMs <= entry.startedAtMs)
    const lane = found === -1 ? free.length : found
    free[lane] = endMs
    lanes.set(entry.worker, free)
    const bars = workers.get(entry.worker) ?? []
    const share = (ms: number): number => Math.min(1, Math.max(0, (ms - fromMs) / span))
    bars.push({ entry, lane, from: share(entry.startedAtMs), to: share(endMs) })
    workers.set(entry.worker, bars)
  }
  return [...workers]
    .map(([worker, bars]) => ({ worker, bars, lanes: lanes.get(worker)?.length ?? 1 }))
    .toSorted((a, b) => (a.worker < b.worker ? -1 : 1))
}
