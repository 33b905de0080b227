import { open, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createKeyedOrder } from '../common/keyed-order.ts'
import { dropFile, leftFiles, moveOver, ownFile, syncFolder } from '../platform/index.ts'

const ENDING = 'new'

/** Writes of this process to one file, one after the other. */
const orders = createKeyedOrder()

/** Folders in which nothing is left of processes that ended before this one began to write there. */
const clean = new Map<string, Promise<void>>()

/** Writes a small file so that a crash or a full disk leaves the old content or the new, never half of it. Of several writes at once the last one stays, also of several processes. */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const whole = resolve(path)
  await orders.run(whole, async () => write(whole, content, mode))
}

async function write(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const folder = dirname(path)
  const aside = ownFile(path, ENDING)
  try {
    await cleaned(folder)
    const file = await open(aside, 'w', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await moveOver(aside, path)
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(folder)
}

async function cleaned(folder: string): Promise<void> {
  const cleaning = clean.get(folder) ?? removeLeft(folder)
  clean.set(folder, cleaning)
  await cleaning
}

/** What cannot be removed only takes room. */
async function removeLeft(folder: string): Promise<void> {
  for (const left of await leftFiles(folder, ENDING)) await dropFile(left).catch(() => {})
}
