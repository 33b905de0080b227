import { existsSync, readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { processorGroup } from './processor-group.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Seconds of processor time that a file took, with all programs that it started and that have ended; those in a sandbox only where a group counts them. Absent where the system does not say. */
    processorSeconds?: number
  }
}

const STAT = '/proc/self/stat'
/** Linux counts in hundredths of a second, whatever its own clock. */
const TICKS_A_SECOND = 100

/** Of this process and of its children that have ended: utime, stime, cutime and cstime of proc_pid_stat(5). */
function usedSeconds(): number {
  const stat = readFileSync(STAT, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND
}

if (existsSync(STAT)) {
  const group = processorGroup()
  const used = group?.usedSeconds ?? usedSeconds
  const before = used()
  // The first hook of a file runs last, after those that stop what the file started.
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from the pattern; there are none.
  afterAll(({}, suite) => {
    suite.file.meta.processorSeconds = used() - before
    group?.leave()
  })
}
