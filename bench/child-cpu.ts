import { readFileSync } from 'node:fs'
import { chooseSandbox } from '../src/platform/index.ts'

/** Ticks a second of the times in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

// A sandbox keeps the processor time of its programs to itself.
chooseSandbox('off')

/** CPU seconds of all programs that this process started and that have ended, from Linux's /proc. */
export function childCpuSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS
}

/** CPU seconds of this process and of the programs that it started while `task` runs. */
export async function cpuOf<T>(task: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const own = process.cpuUsage()
  const before = childCpuSeconds()
  const value = await task()
  const { user, system } = process.cpuUsage(own)
  return { seconds: childCpuSeconds() - before + (user + system) / 1e6, value }
}
