import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, parse, resolve } from 'node:path'
import { linkedLibraries } from '../linked-libraries.ts'
import { isOfSystem } from './system-folders.ts'

/** What a program file needs to be started. */
export interface ProgramFiles {
  /** The file itself, by the name that it has in its box. */
  readonly program: string
  /** Files and folders outside the system's. */
  readonly reads: readonly string[]
  /** A script, which may start other programs. */
  readonly isScript: boolean
}

const HEAD_BYTES = 256
function headOf(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    return bytes.toString('latin1', 0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
}

/** None where the loader does not tell. */
const librariesOf = (file: string): readonly string[] =>
  (linkedLibraries(file) ?? []).map((library) => resolve(library))

/** A script may need what lies beside it; not where that is everything a user has. */
function besideScript(file: string): string {
  const folder = dirname(file)
  return [homedir(), tmpdir(), parse(folder).root].includes(folder) ? file : folder
}

function look(path: string): ProgramFiles {
  const real = realpathSync(path)
  const program = isOfSystem(path) && isOfSystem(real) ? path : real
  const [, interpreter] = /^#! *(\S+)/.exec(headOf(real)) ?? []
  const needed =
    interpreter === undefined
      ? [program, ...librariesOf(real)]
      : [besideScript(real), interpreter, ...librariesOf(interpreter)]
  return { program, reads: needed.filter((file) => !isOfSystem(file)), isScript: interpreter !== undefined }
}

/** Answers by file, as its head is read. */
const known = new Map<string, ProgramFiles>()

/**
 * What a program needs beyond the system's folders: itself where it is a build of the user's own, and its libraries.
 * @throws the system's error where the file is gone
 */
export function programFiles(path: string): ProgramFiles {
  const { mtimeMs, size } = statSync(path)
  const key = [path, mtimeMs, size, process.env['LD_LIBRARY_PATH']].join('\n')
  const found = known.get(key) ?? look(path)
  known.set(key, found)
  return found
}
