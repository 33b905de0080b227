import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeFileAtomic } from './atomic-file.ts'
import { decodeChecked, encodeChecked } from './checked-json.ts'
import { createInOrder } from '../common/in-order.ts'

/** Where a log ends. */
export interface StoredHead {
  readonly seq: number
  /** sha-256 of the last envelope, lower-case hex. */
  readonly hash: string
}

const content = z.array(
  z.tuple([z.string(), z.object({ seq: z.int().nonnegative(), hash: z.string().regex(/^[0-9a-f]{1,64}$/) })])
)

export interface HeadsFileInit {
  /** Shortest time between two writes, in milliseconds. Default 1000. */
  readonly writeMs?: number
  /** Called when the file exists but cannot be read; it then counts as empty. */
  readonly onDamage?: () => void
  /** Called when a background write failed; the next write contains everything again. */
  readonly onError?: (error: unknown) => void
}

/** How far the logs of other owners were known here, kept outside the database: shows which logs the database lost a part of. */
export interface HeadsFile {
  /** Reads the file, once at the start. */
  load: () => Promise<ReadonlyMap<string, StoredHead>>
  /** Saved with the next write. */
  note: (projectId: string, head: StoredHead) => void
  forget: (projectId: string) => void
  /** Writes everything that is not written yet; also at the end. */
  flush: () => Promise<void>
}

export function createHeadsFile(path: string, { writeMs = 1000, onDamage, onError }: HeadsFileInit = {}): HeadsFile {
  const heads = new Map<string, StoredHead>()
  const inOrder = createInOrder()
  let isChanged = false
  let timer: NodeJS.Timeout | undefined

  function change(): void {
    isChanged = true
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch((error: unknown) => onError?.(error))
    }, writeMs).unref()
  }

  async function flush(): Promise<void> {
    return inOrder(async () => {
      if (!isChanged) return
      isChanged = false
      clearTimeout(timer)
      timer = undefined
      try {
        await writeFileAtomic(path, encodeChecked([...heads]))
      } catch (error) {
        change()
        throw error
      }
    })
  }

  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      const stored = content.safeParse(text == null ? [] : decodeChecked(text))
      if (!stored.success) onDamage?.()
      for (const [projectId, head] of stored.data ?? []) if (!heads.has(projectId)) heads.set(projectId, head)
      return new Map(heads)
    },
    note: (projectId, head) => {
      heads.set(projectId, head)
      change()
    },
    forget: (projectId) => {
      if (heads.delete(projectId)) change()
    },
    flush
  }
}
