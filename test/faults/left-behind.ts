import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { TUNNEL } from './homes.ts'

/** A process that somebody should have ended. */
export interface Left {
  readonly pid: number
  readonly words: string
}

/** Processes that belong to a swarm: its folder is in their environment, their words or their working folder. In a process namespace of its own every other process does. */
export async function processesOf(folder: string, isAlone: boolean): Promise<Left[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const found = await Promise.all(pids.map(async (pid) => lookAt(pid, folder, isAlone)))
  return found.flatMap((left) => left ?? [])
}

async function lookAt(pid: string, folder: string, isAlone: boolean): Promise<Left | undefined> {
  const read = async (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [words, environment, status, cwd] = await Promise.all([
    read('cmdline'),
    read('environ'),
    read('status'),
    readlink(`/proc/${pid}/cwd`).catch(() => '')
  ])
  // It has ended, and only its parent can forget it; a kernel thread has no words.
  if (/^State:\s+[ZX]/m.test(status) || words === '') return undefined
  // It belongs to the stage, which ends it later.
  if (words.includes(TUNNEL)) return undefined
  const isOurs = isAlone || [words, environment, cwd].some((text) => text.includes(folder))
  return isOurs ? { pid: Number(pid), words: words.replaceAll('\0', ' ').trim() } : undefined
}

/** Ends what a fault left, so that the next one does not find it. */
export async function endLeft(folder: string, isAlone: boolean): Promise<void> {
  for (const { pid } of await processesOf(folder, isAlone)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Copies that were not renamed. A piece that was fetched in part stays, to be fetched on; it is called by its hash. */
const UNFINISHED = /\.part\.|\.(?:tmp|new)$|^[\da-f]{8}-[\da-f-]{27}$/

/** Files of unfinished work that nodes which ended left in their data folders. */
export async function unfinishedFiles(dataDir: string): Promise<string[]> {
  const files = await readdir(dataDir, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((file) => file.startsWith(join(dataDir, 'work/')) || UNFINISHED.test(file.split('/').at(-1) ?? ''))
}
