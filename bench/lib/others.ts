import { readFileSync } from 'node:fs'

/** Ticks a second of the times in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

export interface CpuTimes {
  readonly atMs: number
  /** Seconds of all processors that were not idle, with those that a host took away. */
  readonly busy: number
  /** Of this bench and all that it started. */
  readonly own: number
}

/** undefined where there is no /proc. */
export function cpuTimes(own: number): CpuTimes | undefined {
  if (process.platform !== 'linux') return undefined
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number)
  return { atMs: performance.now(), busy: (user + nice + system + irq + softirq + steal) / TICKS, own }
}

/** Cores that other programs took between two looks, on average. */
export function othersCores(before: CpuTimes | undefined, after: CpuTimes | undefined): number | null {
  if (before === undefined || after === undefined) return null
  const seconds = (after.atMs - before.atMs) / 1000
  const others = after.busy - before.busy - (after.own - before.own)
  return seconds > 0 ? Math.max(0, Math.round((100 * others) / seconds) / 100) : null
}
