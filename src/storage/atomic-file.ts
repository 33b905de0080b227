import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { moveOver, syncFolder } from '../platform/index.ts'

/** Writes a small file so that a crash or a full disk leaves the old content or the new, never half of it. */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const aside = `${path}.new`
  try {
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
