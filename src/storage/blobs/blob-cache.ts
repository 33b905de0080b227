import { StorageError } from '../errors.ts'
import { createInOrder } from '../../common/in-order.ts'
import type { BlobHold } from '../ports.ts'

export interface BlobCacheComponents {
  /** Deletes the file, unless somebody holds the blob by then. @returns whether it went. */
  readonly remove: (sha256: string) => Promise<boolean>
}

export interface BlobCacheInit {
  /** Of blobs that nobody holds, at the start. */
  readonly bytesMax: number
}

/** Which blobs are here, what holds them, when each was last used, and which of them may be deleted. */
export interface BlobCache {
  /** A blob is here, used at this time. */
  note: (sha256: string, bytes: number, usedMs: number) => void
  /** A blob is gone. */
  forget: (sha256: string) => void
  /** @returns when it was used before; undefined when it is not here. */
  touch: (sha256: string, nowMs: number) => number | undefined
  hold: (sha256: string) => BlobHold
  holdAll: () => () => void
  isHeld: (sha256: string) => boolean
  /** Reserves room for a new blob. @returns a function that releases it. @throws StorageError `no-space`; nothing is removed then. */
  reserve: (sha256: string, bytes: number) => Promise<() => void>
  /** Deletes unneeded blobs: all that were last used before this time, then others down to the quota. @returns the deleted ones. */
  evict: (usedBeforeMs: number) => Promise<{ readonly bytes: number; readonly count: number }>
  /** Sets the quota; what is over it goes at once. */
  limit: (bytesMax: number) => Promise<void>
  /** Deletes unneeded blobs, the least recently used first, until so many bytes are free. @returns the bytes of the deleted ones */
  makeRoom: (bytes: number) => Promise<number>
  usage: () => { readonly bytes: number; readonly count: number }
}

interface Entry {
  readonly sha256: string
  readonly bytes: number
  usedMs: number
}

export function createBlobCache({ remove }: BlobCacheComponents, init: BlobCacheInit): BlobCache {
  let { bytesMax } = init
  const entries = new Map<string, Entry>()
  const holds = new Map<string, number>()
  /** A holder no longer needs it at all; it is deleted with the last hold. */
  const dropped = new Set<string>()
  const inOrder = createInOrder()
  let holdsOfAll = 0
  let reservedBytes = 0

  const isHeld = (sha256: string): boolean => holdsOfAll > 0 || holds.has(sha256)
  const unheld = (): Entry[] => [...entries.values()].filter((entry) => !isHeld(entry.sha256))
  const sum = (some: readonly Entry[]): number => some.reduce((bytes, entry) => bytes + entry.bytes, 0)
  const overBytes = (coming: number): number => sum(unheld()) + reservedBytes + coming - bytesMax

  async function removeDropped(sha256: string): Promise<void> {
    if (!dropped.has(sha256) || isHeld(sha256)) return
    dropped.delete(sha256)
    await remove(sha256)
  }

  function giveBack(sha256: string): void {
    const left = (holds.get(sha256) ?? 1) - 1
    if (left === 0) holds.delete(sha256)
    else holds.set(sha256, left)
  }

  function hold(sha256: string): BlobHold {
    holds.set(sha256, (holds.get(sha256) ?? 0) + 1)
    let isMine = true
    const end = async (isDropped: boolean): Promise<void> => {
      if (!isMine) return undefined
      isMine = false
      giveBack(sha256)
      if (isDropped) dropped.add(sha256)
      if (isHeld(sha256)) return undefined
      // From here on it counts.
      return dropped.has(sha256) ? removeDropped(sha256) : inOrder(async () => void (await shrink()))
    }
    return {
      // The next collection finds blobs that cannot be deleted now.
      release: () => void end(false).catch(() => {}),
      drop: async () => end(true)
    }
  }

  /** The least recently used first, while it is asked for more. */
  async function removeWhile(isWanted: (removed: readonly Entry[]) => boolean): Promise<Entry[]> {
    const removed: Entry[] = []
    for (const entry of unheld().toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (!isWanted(removed)) break
      if (await remove(entry.sha256)) removed.push(entry)
    }
    return removed
  }

  async function shrink(): Promise<Entry[]> {
    return removeWhile(() => overBytes(0) > 0)
  }

  return {
    hold,
    isHeld,
    note: (sha256, bytes, usedMs) => void entries.set(sha256, { sha256, bytes, usedMs }),
    forget: (sha256) => void entries.delete(sha256),
    touch: (sha256, nowMs) => {
      const entry = entries.get(sha256)
      const usedMs = entry?.usedMs
      if (entry != null) entry.usedMs = nowMs
      return usedMs
    },
    holdAll: () => {
      holdsOfAll += 1
      let isMine = true
      return () => {
        if (!isMine) return
        isMine = false
        holdsOfAll -= 1
        for (const sha256 of dropped) removeDropped(sha256).catch(() => {})
      }
    },
    reserve: async (sha256, bytes) =>
      inOrder(async () => {
        if (isHeld(sha256)) return () => {}
        if (reservedBytes + bytes > bytesMax)
          throw new StorageError('no-space', 'it is larger than the whole blob cache')
        reservedBytes += bytes
        let isReserved = true
        const release = (): void => {
          if (isReserved) reservedBytes -= bytes
          isReserved = false
        }
        try {
          await shrink()
          return release
        } catch (error) {
          release()
          throw error
        }
      }),
    evict: async (usedBeforeMs) =>
      inOrder(async () => {
        const removed: Entry[] = []
        for (const entry of unheld())
          if (entry.usedMs < usedBeforeMs && (await remove(entry.sha256))) removed.push(entry)
        removed.push(...(await shrink()))
        return { bytes: sum(removed), count: removed.length }
      }),
    limit: async (bytes) =>
      inOrder(async () => {
        bytesMax = bytes
        await shrink()
      }),
    makeRoom: async (bytes) => inOrder(async () => sum(await removeWhile((removed) => sum(removed) < bytes))),
    usage: () => ({ bytes: sum([...entries.values()]), count: entries.size })
  }
}
