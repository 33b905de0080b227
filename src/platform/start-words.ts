import { findProgram } from './programs.ts'
import { type System, thisSystem } from './system.ts'

/** Options for starting a program. */
export interface StartWishes {
  /** 0..19, default 0. */
  readonly nice?: number | undefined
  /** Limits on address space and on written files, in bytes; where the system has none, the program runs without. */
  readonly limits?: { readonly addressSpaceBytes: number; readonly fileBytes: number } | undefined
}

export interface StartInit {
  readonly system?: System
  readonly find?: (name: string) => string | undefined
}

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
    ...(system.name === 'linux' && limits !== undefined
      ? before('prlimit', `--as=${limits.addressSpaceBytes}`, `--fsize=${limits.fileBytes}`, '--core=0', '--')
      : []),
    ...(system.name === 'linux' ? before('setpriv', '--pdeathsig', 'KILL', '--') : []),
    ...words
  ]
  return [first ?? words[0], ...rest]
}
