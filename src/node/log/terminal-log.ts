import type { LogLine } from '../../api/schemas/index.ts'
import { logInWords, type LogNames } from './in-words.ts'
import { readLine } from './read-line.ts'

/** What lines are written to. */
interface Screen {
  readonly write: (text: string) => unknown
  /** Whether it shows colours. */
  readonly hasColors?: (() => boolean) | undefined
}

/** A log as sentences for a person, on a terminal. */
export interface TerminalLog {
  /** Takes a line as pino writes it. */
  readonly write: (json: string) => void
  /** What projects and peers are called from now on. */
  readonly name: (names: LogNames) => void
  /** Nothing is written while it is off. */
  readonly show: (on: boolean) => void
}

const NAMELESS: LogNames = { title: () => undefined, peer: () => undefined }

const RED = 31
const YELLOW = 33
const DIM = 2

const MARKS: Readonly<Record<LogLine['level'], readonly [text: string, colour: number]>> = {
  trace: ['trace ', DIM],
  debug: ['debug ', DIM],
  info: ['', DIM],
  warn: ['warning: ', YELLOW],
  error: ['error: ', RED],
  fatal: ['fatal: ', RED]
}

const clockTime = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 8)

/** `12:03:41 film.mkv scene 7: encoded in 41 s, 12.3 fps, 614 KiB` for each line. */
export function createTerminalLog(screen: Screen): TerminalLog {
  let names = NAMELESS
  let isShown = true
  const painted = (text: string, colour: number): string =>
    text !== '' && screen.hasColors?.() === true ? `\u001B[${colour}m${text}\u001B[0m` : text
  return {
    write: (json) => {
      const entry = isShown ? readLine(json, 0) : undefined
      if (entry === undefined) return
      const [mark, colour] = MARKS[entry.level]
      const time = painted(clockTime(entry.atMs), DIM)
      screen.write(`${time} ${painted(mark, colour)}${logInWords(entry, names)}\n`)
    },
    name: (given) => {
      names = given
    },
    show: (on) => {
      isShown = on
    }
  }
}
