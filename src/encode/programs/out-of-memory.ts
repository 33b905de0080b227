import { MediaError } from './errors.ts'
import { lastWords, type ProcessEnd } from './process.ts'

/** What encoders, decoders and their libraries say when they get no more memory. */
const WORDS =
  /out of memory|cannot allocate memory|memory allocation (?:error|failed)|allocate memory failed|failed to allocate|bad_alloc/i

/** SVT-AV1 says this and then waits for ever for what it could not make. */
const STUCK = /SvtMalloc\[fatal\]/

/** Whether a program that says this will not end by itself. @param text from its stderr */
export const isStuck = (text: string): boolean => STUCK.test(text)

/** What a shell says of a program that was killed. */
const KILLED_CODE = 128 + 9

/** Whether a program that nobody here killed ended for want of memory: the system killed it, or it met its limit. */
export function lacksMemory({ code, killedBy, stderrTail }: ProcessEnd): boolean {
  if (code === 0) return false
  return killedBy === 'SIGKILL' || code === KILLED_CODE || WORDS.test(stderrTail)
}

export const noMemory = (program: string, how: string, stderrTail: string): MediaError =>
  new MediaError('out-of-memory', `${program} ran out of memory: ${how}`, { stderrTail })

/** @throws MediaError `out-of-memory` */
export function expectMemory(end: ProcessEnd, program: string): void {
  if (!lacksMemory(end)) return
  const how = end.killedBy === undefined ? lastWords(end.stderrTail) : `it was killed by ${end.killedBy}`
  throw noMemory(program, how, end.stderrTail)
}
