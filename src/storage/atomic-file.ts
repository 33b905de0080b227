import { open, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createKeyedOrder } from '../common/keyed-order.ts'
import { dropFile, leftFiles, moveOver, ownFile, syncFolder } from '../platform/index.ts'

const ENDING = 'new'

/** Writes of this process to one file, one after the other. */
const orders = createKeyedOrder()

/** Writes a small file so that a crash or a full disk leaves the old content or the new, never half of it. Of several writes at once the last one stays, also of several processes. */
export async function writeFileAtomic(path: string, content: string, mode = 0o600): Promise<void> {
  await orders.run(resolve(path), async () => write(path, content, mode))
}

async function write(path: string, content: string, mode: number): Promise<void> {
  const aside = ownFile(path, ENDING)
  try {
    for (const left of await leftFiles(path, ENDING)) await dropFile(left)
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
  await syncFolder(dirname(path))
}
