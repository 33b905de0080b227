import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from './atomic-file.ts'

/**
 * Boot count of this node as an owner: one more at each start, kept outside the database so that losing that cannot bring an epoch back.
 * @param highestSeen the highest epoch in this node's own logs: used when the file was lost or truncated.
 */
export async function nextEpoch(folder: string, highestSeen: number): Promise<number> {
  const path = join(folder, 'epoch')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const stored = /^\d{1,15}\n$/.test(text) ? Number(text) : 0
  const epoch = Math.max(stored, highestSeen) + 1
  await writeFileAtomic(path, `${epoch}\n`)
  return epoch
}
