import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../atomic-file.ts'
import { StorageError } from '../errors.ts'
import { hashFile } from '../hash-file.ts'
import type { BlobStore, BlobWriter } from '../ports.ts'
import type { BlobRef } from '../../swarm/protocol/index.ts'

export interface BlobStoreInit {
  /** Received data is cut to a multiple of this when a transfer goes on. */
  readonly chunkBytes: number
}

/** Blobs as files `<folder>/<first two digits>/<sha-256>`; what is not whole lies in `<folder>/incoming`. */
export async function createBlobStore(folder: string, init: BlobStoreInit): Promise<BlobStore> {
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming))
    if (!/^[0-9a-f]{64}$/.test(name)) await rm(join(incoming, name), { force: true })
  const receiving = new Set<string>()

  const path = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256)

  async function size(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(path(sha256))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async function moveIn(file: string, sha256: string): Promise<void> {
    const target = path(sha256)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const handle = await open(file, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(file, target)
    await syncFolder(dirname(target))
  }

  async function adopt(file: string): Promise<BlobRef> {
    const ref = { sha256: await hashFile(file), bytes: (await stat(file)).size }
    // Compared, not only looked for: a damaged one must not outlive its good copy.
    if (await check(ref)) {
      await rm(file)
      return ref
    }
    try {
      await moveIn(file, ref.sha256)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      const copy = join(incoming, randomUUID())
      await copyFile(file, copy)
      await moveIn(copy, ref.sha256)
      await rm(file)
    }
    return ref
  }

  async function check(ref: BlobRef): Promise<boolean> {
    const bytes = await size(ref.sha256)
    if (bytes == null) return false
    if (bytes === ref.bytes && (await hashFile(path(ref.sha256))) === ref.sha256) return true
    await rm(path(ref.sha256), { force: true })
    return false
  }

  async function receive(ref: BlobRef): Promise<BlobWriter> {
    if (receiving.has(ref.sha256)) throw new StorageError('busy', 'this blob is being received already')
    receiving.add(ref.sha256)
    const file = join(incoming, ref.sha256)
    try {
      return await openWriter(file, ref)
    } catch (error) {
      receiving.delete(ref.sha256)
      throw error
    }
  }

  async function openWriter(file: string, ref: BlobRef): Promise<BlobWriter> {
    const handle = await open(file, 'a')
    const there = (await handle.stat()).size
    const whole = there === ref.bytes
    const offset = there > ref.bytes ? 0 : there - (whole ? 0 : there % init.chunkBytes)
    await truncate(file, offset)
    let isOpen = true
    const close = async (): Promise<void> => {
      if (!isOpen) return
      isOpen = false
      try {
        await handle.close()
      } finally {
        receiving.delete(ref.sha256)
      }
    }
    return {
      offset,
      write: async (chunk) => handle.appendFile(chunk),
      close,
      commit: async () => {
        // Nobody else may receive it before it has its name: that would cut the file.
        isOpen = false
        try {
          await handle.close()
          if ((await stat(file)).size !== ref.bytes || (await hashFile(file)) !== ref.sha256) {
            await rm(file, { force: true })
            throw new StorageError('hash-mismatch', 'received bytes do not have the announced hash')
          }
          await moveIn(file, ref.sha256)
        } finally {
          receiving.delete(ref.sha256)
        }
      }
    }
  }

  return {
    adopt,
    check,
    path,
    size,
    receive,
    has: async (ref) => (await size(ref.sha256)) === ref.bytes,
    delete: async (sha256) => {
      await rm(path(sha256), { force: true })
      await rm(join(incoming, sha256), { force: true })
    }
  }
}
