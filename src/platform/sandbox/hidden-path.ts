import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { runTrial } from './find-sandbox.ts'
import type { FoundSandbox } from './types.ts'

const ENTERED_BY_OTHERS = 0o001
const READ_BY_OTHERS = 0o004

/** What keeps root out in a sandbox. */
interface Closed {
  readonly path: string
  readonly owner: number
}

/** The first part of a path that belongs to another user than root and is closed for others. */
function closedPart(path: string, needs: number): Closed | undefined {
  const above = dirname(path)
  const before = above === path ? undefined : closedPart(above, ENTERED_BY_OTHERS)
  if (before !== undefined) return before
  const { uid, mode } = statSync(path)
  return uid !== 0 && (mode & needs) === 0 ? { path, owner: uid } : undefined
}

/**
 * Why programs in the sandbox cannot read a file or folder that is there, as a sentence with what helps; undefined where they can.
 * Root may read everything, but not root in a sandbox: it has no more rights there than any other user. Nobody else can meet that.
 * @param path absolute
 */
export function hiddenFromSandbox(found: FoundSandbox, path: string): string | undefined {
  if (found.type === 'none' || process.getuid?.() !== 0) return undefined
  if (!existsSync(path)) return undefined
  const closed = closedPart(realpathSync(path), READ_BY_OTHERS)
  if (closed === undefined) return undefined
  const words = ['/bin/sh', '-c', 'test -r "$1"', 'sh', path] as const
  if (runTrial(found.sandbox.boxed(words, { reads: [path], writes: [], mayStartOthers: true })).code === 0)
    return undefined
  const { path: part, owner } = closed
  return `Programs in the sandbox cannot read ${path}: ${part} belongs to user ${owner} and is closed for others, and root in a sandbox is no more than another user. Run grav1 as that user ("sudo -u '#${owner}' grav1 ..."), or choose a place that belongs to root.`
}
