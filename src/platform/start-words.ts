import { findProgram } from './programs.ts'
import { type System, thisSystem } from './system.ts'

/** What one process may use at most. */
export interface ProgramLimits {
  readonly addressSpaceBytes: number
  /** Of each written file. */
  readonly fileBytes: number
  readonly cpuSeconds: number
  readonly openFiles: number
}

/** Options for starting a program. */
export interface StartWishes {
  /** 0..19, default 0. */
  readonly nice?: number | undefined
  /** Where the system has none, the program runs without. */
  readonly limits?: ProgramLimits | undefined
}

export interface StartInit {
  readonly system?: System
  readonly find?: (name: string) => string | undefined
}

const limitWords = ({ addressSpaceBytes, fileBytes, cpuSeconds, openFiles }: ProgramLimits): string[] => [
  `--as=${addressSpaceBytes}`,
  `--fsize=${fileBytes}`,
  `--cpu=${cpuSeconds}`,
  `--nofile=${openFiles}`,
  '--core=0'
]

/** The words that start a program under such wishes. `nice`, `prlimit` and `setpriv` each replace themselves by the next, so the program keeps the pid, its file descriptors and the death signal. */
export function startWords(
  words: readonly [string, ...string[]],
  { nice = 0, limits }: StartWishes,
  { system = thisSystem, find = findProgram }: StartInit = {}
): readonly [string, ...string[]] {
  const before = (name: string, ...args: string[]): string[] => {
    const path = find(name)
    return path === undefined ? [] : [path, ...args]
  }
  const [first, ...rest] = [
    ...(nice > 0 && system.hasGroups ? before('nice', '-n', String(nice)) : []),
    ...(system.name === 'linux' && limits !== undefined ? before('prlimit', ...limitWords(limits), '--') : []),
    ...(system.name === 'linux' ? before('setpriv', '--pdeathsig', 'KILL', '--') : []),
    ...words
  ]
  return [first ?? words[0], ...rest]
}
