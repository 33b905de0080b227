import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve, sep } from 'node:path'
import envPaths from 'env-paths'
import { programFolder } from '../../common/program-folder.ts'
import { findProgram, installLine, isProgram } from '../../platform/index.ts'
import { MediaError } from './errors.ts'

/** How to get the tools on this machine. */
export const INSTALL_LINE: string = installLine()

/** An npm package with FFmpeg in it, which `av/main.ts` makes a program of; not one of this package's own dependencies. */
export const NODE_AV = 'node-av'

/** Where `grav1 encoders add` puts the package: in the platform's data folder of this user. */
export const encodersFolder = (): string => join(envPaths('grav1', { suffix: '' }).data, 'encoders')

/** The package's `lib` entry as Node finds it from a file. Node caches what it found, so a removed package must be looked up again. */
function resolveNodeAv(from: string): string | undefined {
  try {
    const file = createRequire(from).resolve(`${NODE_AV}/lib`)
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

/** In the folder that the environment names; otherwise where grav1 installed it, or beside this program. */
function lookUpNodeAv(): string | undefined {
  const named = process.env['GRAV1_NODE_AV']
  const fromFolder = (folder: string): string | undefined => resolveNodeAv(resolve(folder, 'from-here.js'))
  return named
    ? fromFolder(named)
    : (fromFolder(encodersFolder()) ?? resolveNodeAv(join(programFolder, 'package.json')))
}

/** Programs that the user named by their files, instead of those on PATH. */
let named: ReadonlyMap<string, string> = new Map()

/** Says where programs of this process are from now on, by their names. One that is not in it is looked for on PATH. */
export function usePrograms(paths: ReadonlyMap<string, string>): void {
  named = paths
}

/** Whether the user named the file of a program. */
export const isNamed = (name: string): boolean => named.has(name)

/** The absolute path of a program that the user named or that is on PATH, or of what makes it one; undefined where it is not installed. */
export function lookUpProgram(name: string): string | undefined {
  if (name === NODE_AV) return lookUpNodeAv()
  const path = named.get(name)
  if (path === undefined) return findProgram(name)
  return isProgram(path) ? path : undefined
}

/** Heap of the JavaScript in the program that `av/main.ts` is; pictures are not in it. */
const AV_HEAP_MIB = 256

/** The words that start a program, before its own arguments, and what it consists of besides its file and libraries. */
export interface ProgramStart {
  readonly words: readonly [string, ...string[]]
  readonly reads: readonly string[]
}

/** The folder of grav1's own code, and in it the program that `av/main.ts` is. */
const [CODE, AV] = import.meta.filename.endsWith('.ts')
  ? (['src', 'encode/programs/av/main.ts'] as const)
  : (['dist', 'av.js'] as const)
const MODULES = join(programFolder, CODE)
const SCRIPT = join(MODULES, AV)

/** The folder of packages that a file is in. */
const packagesOf = (file: string): string => file.slice(0, file.lastIndexOf(`${sep}node_modules${sep}`) + 13)

/** node-av runs in a Node of its own. */
const startNodeAv = (library: string): ProgramStart => ({
  words: [process.execPath, `--max-old-space-size=${AV_HEAP_MIB}`, SCRIPT, library],
  // The second file says what kind of modules they are.
  reads: [MODULES, join(programFolder, 'package.json'), packagesOf(library)]
})

/** @throws MediaError `tool-missing`, with the line that installs it */
export function programStart(name: string): ProgramStart {
  const path = lookUpProgram(name)
  if (path !== undefined) return name === NODE_AV ? startNodeAv(path) : { words: [path], reads: [] }
  const line = name === NODE_AV ? 'grav1 encoders add' : installLine([name])
  throw new MediaError('tool-missing', `${name} is not installed: ${line}`)
}
