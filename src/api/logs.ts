import type { LogLine } from './schemas/index.ts'

export interface LogQuery {
  /** At least. */
  readonly level?: LogLine['level'] | undefined
  readonly project?: string | undefined
  readonly peer?: string | undefined
  /** Somewhere in message or fields, in upper or lower case. */
  readonly text?: string | undefined
  /** Only lines with a higher number, the oldest first; without it the newest ones. */
  readonly after?: number | undefined
  readonly limit: number
}

/** The last lines of this node's log. */
export interface LogsSection {
  /** `next`: what to give as `after` to go on from here. */
  readonly list: (query: LogQuery) => { readonly items: LogLine[]; readonly next: number }
  /** Called with each new line. @returns a function that ends it. */
  readonly onLine: (listener: (line: LogLine) => void) => () => void
}
