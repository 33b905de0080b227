import { constants } from 'node:os'
import { MediaError } from './errors.ts'
import { lastWords, type ProcessEnd } from './process.ts'

const { signals } = constants

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

/** What a program gets that uses memory it did not get, or that gives up at once. */
const CRASHES = ['SIGSEGV', 'SIGBUS', 'SIGABRT'] as const

/** The signal of a crash. A shell and bubblewrap tell it by their exit code. */
function crashOf({ code, killedBy }: ProcessEnd): string | undefined {
  // Node calls SIGABRT by its older name.
  const number = killedBy === undefined ? (code ?? 0) - 128 : signals[killedBy as NodeJS.Signals]
  return CRASHES.find((name) => signals[name] === number)
}

/** @throws MediaError `out-of-memory` or `crashed` */
export function expectMemory(end: ProcessEnd, program: string): void {
  if (!lacksMemory(end)) return expectNoCrash(end, program)
  const how = end.killedBy === undefined ? lastWords(end.stderrTail) : `it was killed by ${end.killedBy}`
  throw noMemory(program, how, end.stderrTail)
}

function expectNoCrash(end: ProcessEnd, program: string): void {
  const crash = crashOf(end)
  if (crash === undefined) return
  throw new MediaError(
    'crashed',
    `${program} crashed (${crash}): ${lastWords(end.stderrTail) || 'it printed nothing'}`,
    {
      stderrTail: end.stderrTail
    }
  )
}
