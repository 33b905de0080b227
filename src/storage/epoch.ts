import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from './atomic-file.ts'

/** The epoch of this node as an owner, kept outside the database so that losing that cannot bring one back. */
export interface EpochFile {
  /** Undefined where it was never written, or is damaged. */
  read: () => Promise<number | undefined>
  /** It is on disk when the promise resolves. */
  write: (epoch: number) => Promise<void>
}

export function createEpochFile(folder: string): EpochFile {
  const path = join(folder, 'epoch')
  return {
    read: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return /^\d{1,15}\n$/.test(text) ? Number(text) : undefined
    },
    write: async (epoch) => writeFileAtomic(path, `${epoch}\n`)
  }
}
