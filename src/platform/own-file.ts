import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isAlive } from '../common/is-alive.ts'

/** Where this process, and no other of this machine, writes what will get another name. @param ending without a dot */
export const ownFile = (stem: string, ending: string): string => `${stem}.${process.pid}.${ending}`

/** Such files that processes left which have ended. */
export async function leftFiles(stem: string, ending: string): Promise<string[]> {
  const [start, end] = [`${basename(stem)}.`, `.${ending}`]
  const names = await readdir(dirname(stem)).catch(() => [])
  return names
    .filter((name) => name.startsWith(start) && name.endsWith(end))
    .filter((name) => {
      const pid = name.slice(start.length, -end.length)
      return /^\d{1,10}$/.test(pid) && !isAlive(Number(pid))
    })
    .map((name) => join(dirname(stem), name))
}
