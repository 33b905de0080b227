import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../common/is-alive.ts'

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
