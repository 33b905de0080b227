import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { programFiles, usedSandbox } from '../../platform/index.ts'
import type { ProgramStart } from './programs.ts'

/** Files that a program is given; it sees no others of its user. */
export interface GivenFiles {
  /** Files and folders that it reads. */
  readonly reads?: readonly string[]
  /** Files that it writes; they are made where they are missing. */
  readonly writes?: readonly string[]
}

/** A program and its words, and what its box needs. */
export interface StartedIn {
  readonly words: readonly [string, ...string[]]
  /** Undefined: it runs without a sandbox. */
  readonly box: { readonly filter: Uint8Array | undefined } | undefined
}

/** A file is shown by its name, so it has to be there. Where it cannot be made, the program itself says why. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch {
    // The program fails in the same way.
  }
}

const libraryFolders = (): string[] => (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((path) => path !== '')

/** Puts a program into its box, where there is one. */
export function startedIn(
  { words, reads: parts }: ProgramStart,
  args: readonly string[],
  { reads = [], writes = [] }: GivenFiles
): StartedIn {
  for (const file of writes) makeFile(file)
  const found = usedSandbox()
  const [path, ...rest] = words
  if (found.type === 'none') return { words: [...words, ...args], box: undefined }
  const { program, reads: needed, isScript } = programFiles(path)
  const { words: boxed, filter } = found.sandbox.boxed([program, ...rest, ...args], {
    reads: [...needed, ...libraryFolders(), ...parts, ...reads].map((file) => resolve(file)),
    writes: writes.map((file) => resolve(file)),
    mayStartOthers: isScript
  })
  return { words: boxed, box: { filter } }
}
