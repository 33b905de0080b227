import { StorageError } from '../errors.ts'
import { createInOrder } from '../in-order.ts'

export interface BlobCacheComponents {
  /** Deletes the file. */
  readonly remove: (sha256: string) => Promise<void>
}

export interface BlobCacheInit {
  readonly bytesMax: number
  readonly isPinned: (sha256: string) => boolean
}

/** Which blobs are here, when each was last used, and which of them may go. */
export interface BlobCache {
  /** A blob is here, used at this time. */
  note: (sha256: string, bytes: number, usedMs: number) => void
  /** A blob is gone. */
  drop: (sha256: string) => void
  /** @returns when it was used before; undefined when it is not here. */
  touch: (sha256: string, nowMs: number) => number | undefined
  /** Keeps a blob from going. @returns a function that ends it; calling that twice is no error. */
  hold: (sha256: string) => () => void
  /** Makes room for a blob that is to come. @returns a function that gives it back. @throws StorageError `no-space`; nothing is removed then. */
  reserve: (sha256: string, bytes: number) => Promise<() => void>
  /** Removes what may go: everything last used before this time, then the rest down to the quota. @returns what went. */
  evict: (usedBeforeMs: number) => Promise<{ readonly bytes: number; readonly count: number }>
  usage: () => { readonly bytes: number; readonly count: number }
}

interface Entry {
  readonly sha256: string
  readonly bytes: number
  usedMs: number
}

export function createBlobCache({ remove }: BlobCacheComponents, { bytesMax, isPinned }: BlobCacheInit): BlobCache {
  const entries = new Map<string, Entry>()
  const holds = new Map<string, number>()
  const inOrder = createInOrder()
  let reservedBytes = 0

  const unpinned = (): Entry[] => [...entries.values()].filter((entry) => !isPinned(entry.sha256))
  const mayGo = (entry: Entry): boolean => !isPinned(entry.sha256) && !holds.has(entry.sha256)
  const sum = (some: readonly Entry[]): number => some.reduce((bytes, entry) => bytes + entry.bytes, 0)
  const overBytes = (coming: number): number => sum(unpinned()) + reservedBytes + coming - bytesMax

  async function removeIf(entry: Entry): Promise<boolean> {
    // Looked at again: while another one was removed, somebody may have come to need this one.
    if (!mayGo(entry) || entries.get(entry.sha256) !== entry) return false
    entries.delete(entry.sha256)
    await remove(entry.sha256)
    return true
  }

  /** The least recently used first, until the quota holds. */
  async function shrink(coming: number): Promise<Entry[]> {
    const removed: Entry[] = []
    for (const entry of unpinned().toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (overBytes(coming) <= 0) break
      if (await removeIf(entry)) removed.push(entry)
    }
    return removed
  }

  return {
    note: (sha256, bytes, usedMs) => void entries.set(sha256, { sha256, bytes, usedMs }),
    drop: (sha256) => void entries.delete(sha256),
    touch: (sha256, nowMs) => {
      const entry = entries.get(sha256)
      const usedMs = entry?.usedMs
      if (entry != null) entry.usedMs = nowMs
      return usedMs
    },
    hold: (sha256) => {
      holds.set(sha256, (holds.get(sha256) ?? 0) + 1)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        const left = (holds.get(sha256) ?? 1) - 1
        if (left === 0) holds.delete(sha256)
        else holds.set(sha256, left)
      }
    },
    reserve: async (sha256, bytes) =>
      inOrder(async () => {
        if (isPinned(sha256)) return () => {}
        if (overBytes(bytes) > sum(unpinned().filter(mayGo)))
          throw new StorageError('no-space', 'no room for it among the cached blobs, even with all of them gone')
        reservedBytes += bytes
        let isReserved = true
        const release = (): void => {
          if (isReserved) reservedBytes -= bytes
          isReserved = false
        }
        try {
          await shrink(0)
          return release
        } catch (error) {
          release()
          throw error
        }
      }),
    evict: async (usedBeforeMs) =>
      inOrder(async () => {
        const removed: Entry[] = []
        for (const entry of unpinned()) if (entry.usedMs < usedBeforeMs && (await removeIf(entry))) removed.push(entry)
        removed.push(...(await shrink(0)))
        return { bytes: sum(removed), count: removed.length }
      }),
    usage: () => ({ bytes: sum([...entries.values()]), count: entries.size })
  }
}
