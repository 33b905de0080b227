import { writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** Bytes of memory that this process and its programs may have: the machine's, or what a container or a service may take of it. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem()
}

/** Of -1000 to 1000; programs of users have 0, browsers give up to 300 to their pages. */
const FIRST_TO_GO = 500

/** Has Linux kill this program, and what it starts, rather than others when memory runs out: an encode can be done again. */
export function giveWayForMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(FIRST_TO_GO))
  } catch {
    // Another system, or it has ended already.
  }
}
