import { accessSync, constants, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { type System, thisSystem } from './system.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Files that a program of this name may be, best first. */
export function programPaths(name: string, env: Env = process.env, system: System = thisSystem): string[] {
  const path = system.hasDrives ? win32 : posix
  // Windows lets folders stand in quotes.
  const folders = (env['PATH'] ?? '').split(path.delimiter).map((folder) => folder.replace(/^"(.*)"$/, '$1'))
  const isWhole = system.programEnds.includes(path.extname(name).toLowerCase())
  const ends = isWhole ? [''] : system.programEnds
  return folders.filter((folder) => folder !== '').flatMap((folder) => ends.map((end) => path.join(folder, name + end)))
}

/** Whether a path is a file that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The path of a program on PATH; undefined where it is not installed. */
export const findProgram = (name: string): string | undefined => programPaths(name).find(isProgram)

/** What a started program finds in its environment: nothing of this process's but what it needs to be found, to name files and to write them. */
export function programEnvironment(env: Env = process.env, system: System = thisSystem): Record<string, string> {
  const passed = system.passedOn.flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...system.locale, ...Object.fromEntries(passed) }
}
