import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isAlive } from '../common/is-alive.ts'
import { firstBytes } from '../common/text.ts'

/** With a mark, a process id and an ending, a name of this length is none that is too long. */
const STEM_BYTES_MAX = 200

/** What the name of a hidden file begins with that is for `path` and lies beside it. */
export const hiddenStem = (path: string): string => `.${firstBytes(basename(path), STEM_BYTES_MAX)}`

/** Where this process, and no other of this machine, writes what will get another name. @param ending without a dot */
export const ownFile = (stem: string, ending: string): string => `${stem}.${process.pid}.${ending}`

/** Such files in a folder that processes left which have ended. @param name of the stem; default: any */
export async function leftFiles(folder: string, ending: string, name?: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const left = names.filter((one) => {
    const [, stem = '', pid = '', last] = /^(.+)\.(\d{1,10})\.(\w+)$/s.exec(one) ?? []
    return last === ending && (name === undefined || stem === name) && !isAlive(Number(pid))
  })
  return left.map((one) => join(folder, one))
}
