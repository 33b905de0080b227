import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { arch, cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { linkedLibraries } from '../../platform/index.ts'
import { lookUpProgram, NODE_AV } from '../programs/programs.ts'

/** The native parts of the package, of whatever platforms. */
async function nativeParts(libraryFile: string): Promise<readonly string[]> {
  const modules = resolve(dirname(libraryFile), '../../..')
  const parts = await readdir(join(modules, '@seydx')).catch(() => [])
  return parts
    .filter((name) => name.startsWith('node-av-'))
    .map((name) => join(modules, '@seydx', name, 'node-av.node'))
}

async function filesOf(name: string, path: string): Promise<readonly string[] | undefined> {
  const binaries = name === NODE_AV ? [process.execPath, ...(await nativeParts(path))] : [path]
  const libraries = binaries.map((file) => linkedLibraries(file))
  const isKnown = libraries.every((list) => list !== undefined)
  return isKnown ? [...new Set([path, ...binaries, ...libraries.flat()])].toSorted() : undefined
}

/**
 * Identifies everything that decides a program's results: its file and each library that it is linked to, by path, size and modification time, the kind of processor, and whatever
 * else the caller tells. The program's file alone is not enough: distributions upgrade a codec's library without it.
 * @returns undefined where the libraries cannot be listed, as on macOS
 */
export async function programPrint(name: string, told: readonly unknown[]): Promise<string | undefined> {
  const path = lookUpProgram(name)
  if (path === undefined) return undefined
  const files = await filesOf(name, path)
  if (files === undefined) return undefined
  const seen = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs, ino } = await stat(file)
      return [file, size, mtimeMs, ino]
    })
  )
  const machine = [arch(), cpus()[0]?.model ?? '']
  return createHash('sha256')
    .update(JSON.stringify([seen, machine, told]))
    .digest('hex')
}
