import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createBlobCache } from './blob-cache.ts'
import { openBlobWriter } from './blob-writer.ts'
import { diskFull, sayingWhenFull } from '../disk-errors.ts'
import { StorageError } from '../errors.ts'
import { hashFile } from '../../common/hash-file.ts'
import { dropFile, moveOver, syncFolder } from '../../platform/index.ts'
import type { DiskGuard } from '../disk-guard.ts'
import { createKeyedOrder } from '../../common/keyed-order.ts'
import type { AdoptedBlob, BlobStore, BlobWriter } from '../ports.ts'
import type { BlobRef } from '../../swarm/protocol/index.ts'

export const CACHE_BYTES_MAX = 10 * 1024 ** 3
const COLLECT_AFTER_MS = 24 * 60 * 60 * 1000
/** A file's time of use is written no more often than this. */
const TOUCH_MS = 60_000
const SHA256 = /^[0-9a-f]{64}$/

export interface BlobStoreInit {
  /** Received data is truncated to a multiple of this when a transfer resumes. */
  readonly chunkBytes: number
  /** Bytes of all blobs together that nobody holds. Default 10 GiB. */
  readonly cacheBytesMax?: number
  /** Reports when the disk is full, and is told about failed writes. */
  readonly guard?: Pick<DiskGuard, 'state' | 'report' | 'hasRoom'>
  /** Wall clock in milliseconds, as in the times of files. Default the system's. */
  readonly now?: () => number
}

/** Blobs as files `<folder>/<first two digits>/<sha-256>`; incomplete ones are in `<folder>/incoming`. */
export async function createBlobStore(folder: string, init: BlobStoreInit): Promise<BlobStore> {
  const { guard, now = Date.now } = init
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) if (!SHA256.test(name)) await rm(join(incoming, name), { force: true })
  const receiving = new Set<string>()
  const path = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256)
  const orders = createKeyedOrder()
  const cache = createBlobCache({ remove: removeUnheld }, { bytesMax: init.cacheBytesMax ?? CACHE_BYTES_MAX })
  for (const { sha256, bytes, usedMs } of await findBlobs(folder)) cache.note(sha256, bytes, usedMs)

  const isKept = (sha256: string): boolean => receiving.has(sha256) || cache.isHeld(sha256)

  async function size(sha256: string): Promise<number | undefined> {
    // A blob that is about to be deleted counts as absent, so that nobody relies on it.
    await orders.ended(sha256)
    return sizeNow(sha256)
  }

  async function sizeNow(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(path(sha256))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** The file's time is that of its last use, so that a restart knows it. */
  async function touch(sha256: string): Promise<void> {
    const nowMs = now()
    const beforeMs = cache.touch(sha256, nowMs)
    if (beforeMs != null && nowMs - beforeMs > TOUCH_MS)
      await utimes(path(sha256), nowMs / 1000, nowMs / 1000).catch(() => {})
  }

  async function removeUnheld(sha256: string): Promise<boolean> {
    return orders.run(sha256, async () => {
      // Checked again: something may have taken a hold while this waited.
      if (cache.isHeld(sha256)) return false
      await remove(sha256)
      if (!receiving.has(sha256)) await rm(join(incoming, sha256), { force: true })
      return true
    })
  }

  async function remove(sha256: string): Promise<void> {
    cache.forget(sha256)
    await dropFile(path(sha256))
  }

  async function moveIn(file: string, { sha256, bytes }: BlobRef): Promise<void> {
    const target = path(sha256)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const nowMs = now()
    const handle = await open(file, 'r+')
    try {
      await handle.utimes(nowMs / 1000, nowMs / 1000)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await moveOver(file, target)
    cache.note(sha256, bytes, nowMs)
    await syncFolder(dirname(target))
  }

  async function adopt(file: string): Promise<AdoptedBlob> {
    const ref = { sha256: await hashFile(file), bytes: (await stat(file)).size }
    const hold = cache.hold(ref.sha256)
    try {
      await orders.run(ref.sha256, async () => {
        // Compared, not only looked up: a damaged file must not outlive its good copy.
        if (await checkNow(ref)) await rm(file)
        else await sayingWhenFull(async () => take(file, ref))
      })
      return { ref, hold }
    } catch (error) {
      hold.release()
      guard?.report(error)
      throw error
    }
  }

  async function take(file: string, ref: BlobRef): Promise<void> {
    try {
      await moveIn(file, ref)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      const copy = join(incoming, randomUUID())
      try {
        await copyFile(file, copy)
        await moveIn(copy, ref)
      } catch (failed) {
        await rm(copy, { force: true })
        throw failed
      }
      await rm(file)
    }
  }

  async function check(ref: BlobRef): Promise<boolean> {
    const hold = cache.hold(ref.sha256)
    try {
      return await orders.run(ref.sha256, async () => checkNow(ref))
    } finally {
      hold.release()
    }
  }

  async function checkNow(ref: BlobRef): Promise<boolean> {
    const bytes = await sizeNow(ref.sha256)
    if (bytes == null) return false
    await touch(ref.sha256)
    if (bytes === ref.bytes && (await hashFile(path(ref.sha256))) === ref.sha256) return true
    await remove(ref.sha256)
    return false
  }

  async function receive(ref: BlobRef): Promise<BlobWriter> {
    if (receiving.has(ref.sha256)) throw new StorageError('busy', 'this blob is being received already')
    receiving.add(ref.sha256)
    let giveBack = (): void => {}
    try {
      await checkDisk(ref.bytes)
      giveBack = await cache.reserve(ref.sha256, ref.bytes)
      return reporting(
        await openBlobWriter(join(incoming, ref.sha256), ref, {
          chunkBytes: init.chunkBytes,
          moveIn: async (file) => orders.run(ref.sha256, async () => moveIn(file, ref)),
          onEnd: () => {
            giveBack()
            receiving.delete(ref.sha256)
          }
        })
      )
    } catch (error) {
      giveBack()
      receiving.delete(ref.sha256)
      guard?.report(error)
      throw error
    }
  }

  async function checkDisk(bytes: number): Promise<void> {
    if (guard == null || (await guard.hasRoom(bytes))) return
    if (guard.state === 'disk-full') throw diskFull('the disk of the data folder is full')
    throw new StorageError('no-space', 'the disk of the data folder has no room for this blob')
  }

  function reporting(writer: BlobWriter): BlobWriter {
    const told = async (task: Promise<void>): Promise<void> =>
      task.catch((error: unknown) => {
        guard?.report(error)
        throw error
      })
    return { ...writer, write: async (chunk) => told(writer.write(chunk)), commit: async () => told(writer.commit()) }
  }

  /** Transfers that nobody resumes. */
  async function collectIncoming(usedBeforeMs: number): Promise<{ bytes: number; count: number }> {
    let [bytes, count] = [0, 0]
    for (const name of await readdir(incoming)) {
      // Names that are not a hash are running copies.
      if (!SHA256.test(name) || isKept(name)) continue
      const found = await stat(join(incoming, name)).catch(() => undefined)
      if (found == null || found.mtimeMs >= usedBeforeMs || isKept(name)) continue
      await rm(join(incoming, name), { force: true })
      bytes += found.size
      count += 1
    }
    return { bytes, count }
  }

  return {
    adopt,
    check,
    path,
    size,
    receive,
    has: async (ref) => {
      await touch(ref.sha256)
      return (await size(ref.sha256)) === ref.bytes
    },
    hold: (sha256) => {
      void touch(sha256)
      return cache.hold(sha256)
    },
    holdAll: cache.holdAll,
    usage: cache.usage,
    limitCache: cache.limit,
    makeRoom: async (bytes) => {
      const whole = await cache.makeRoom(bytes)
      return whole >= bytes ? whole : whole + (await collectIncoming(Infinity)).bytes
    },
    collect: async ({ unusedMs = COLLECT_AFTER_MS } = {}) => {
      const beforeMs = now() - unusedMs
      const incomplete = await collectIncoming(beforeMs)
      const whole = await cache.evict(beforeMs)
      return { bytes: incomplete.bytes + whole.bytes, count: incomplete.count + whole.count }
    }
  }
}

async function findBlobs(folder: string): Promise<{ sha256: string; bytes: number; usedMs: number }[]> {
  const found: { sha256: string; bytes: number; usedMs: number }[] = []
  for (const part of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(part)) continue
    for (const sha256 of await readdir(join(folder, part))) {
      if (!SHA256.test(sha256) || !sha256.startsWith(part)) continue
      const { size, mtimeMs } = await stat(join(folder, part, sha256))
      found.push({ sha256, bytes: size, usedMs: mtimeMs })
    }
  }
  return found
}
