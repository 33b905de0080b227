import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'

const INFO = '/proc/self/fdinfo'
/** In the flags there, octal: a program that is started does not get the file. Node sets it on all files that it opens. */
const CLOSED_AT_START = 0o2000000

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`${INFO}/${descriptor}`, 'utf8'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_AT_START) === 0
  } catch {
    // It was that of the folder itself, or is closed by now.
    return false
  }
}

/** Descriptors that a program would inherit, from this one on: LevelDB opens its files so. None where there is no /proc. */
function inheritedFrom(first: number): readonly number[] {
  try {
    return readdirSync(INFO)
      .map(Number)
      .filter((descriptor) => descriptor >= first && isInherited(descriptor))
  } catch {
    return []
  }
}

/**
 * Runs `start` with what it has to put behind the first descriptors of a program, so that it gets nothing in place of this process's own files.
 * @param first how many descriptors the program is given
 */
export function withoutOwnFiles<Value>(first: number, start: (behind: readonly ('ignore' | number)[]) => Value): Value {
  const inherited = inheritedFrom(first)
  if (inherited.length === 0) return start([])
  const nothing = openSync('/dev/null', 'r')
  try {
    const behind = Array.from({ length: Math.max(...inherited) + 1 - first }, (_, at) =>
      inherited.includes(first + at) ? nothing : ('ignore' as const)
    )
    return start(behind)
  } finally {
    closeSync(nothing)
  }
}
