import { readFileSync } from 'node:fs'

/** Ticks a second of the times in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

/** Processor seconds of a process itself, without those that it started, from Linux's /proc. */
export function processSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}
