import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { anySignal } from '../../../common/any-signal.ts'
import { removeUnused } from '../../../common/remove-unused.ts'
import { createLimit } from '../../../common/limit.ts'
import { ApiRefusal } from '../../../api/refusal.ts'
import { moveOver } from '../../../platform/index.ts'

/** Bytes of all clips together. */
const CACHE_BYTES_MAX = 512 * 1024 * 1024
/** Clips that are asked for and not made yet. */
const WAITING_MAX = 8
/** A scene of ten seconds takes a few seconds; a source that has to be decoded from its beginning may take longer than anybody waits. */
const MAKING_MS_MAX = 120_000

export interface Clip {
  readonly path: string
  readonly bytes: number
  /** Names its bytes: a clip that was made again may have others. */
  readonly tag: string
}

/** Makes the clip as a file. */
export type MakeClip = (output: string, options: { readonly signal: AbortSignal }) => Promise<void>

/** Clips in a folder of their own that may be deleted at any time; one is made at a time. */
export interface ClipCache {
  /** @throws ApiRefusal `busy`, or what making throws */
  readonly get: (key: string, make: MakeClip, signal: AbortSignal) => Promise<Clip>
}

export function createClipCache(folder: string, bytesMax: number = CACHE_BYTES_MAX): ClipCache {
  const inTurn = createLimit(1)
  let waiting = 0

  async function find(key: string): Promise<Clip | undefined> {
    const path = join(folder, `${key}.webm`)
    const found = await stat(path).catch(() => undefined)
    if (found == null) return undefined
    // Its time of reading is that of its last use; the time of change stays, since the tag has it.
    await utimes(path, new Date(), found.mtime).catch(() => {})
    return { path, bytes: found.size, tag: `${key}-${found.size}-${Math.round(found.mtimeMs)}` }
  }

  async function makeNow(key: string, make: MakeClip, signal: AbortSignal): Promise<Clip> {
    signal.throwIfAborted()
    const known = await find(key)
    if (known != null) return known
    const aside = join(folder, 'making.new')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      await make(aside, { signal: anySignal([signal, AbortSignal.timeout(MAKING_MS_MAX)]) })
      await makeRoom(bytesMax - (await stat(aside)).size)
      await moveOver(aside, join(folder, `${key}.webm`))
    } finally {
      await rm(aside, { force: true })
    }
    const made = await find(key)
    if (made == null) throw new Error('the clip was deleted at once')
    return made
  }

  async function makeRoom(left: number): Promise<void> {
    const clips = await Promise.all(
      (await readdir(folder))
        .filter((name) => name.endsWith('.webm'))
        .map(async (name) => {
          const path = join(folder, name)
          const { size: bytes, atimeMs: usedAtMs } = await stat(path)
          return { path, bytes, usedAtMs }
        })
    )
    await removeUnused(clips, left)
  }

  return {
    get: async (key, make, signal) => {
      const known = await find(key)
      if (known != null) return known
      if (waiting >= WAITING_MAX) throw new ApiRefusal('busy', 503, 'Too many clips are being made; try again soon.')
      waiting += 1
      try {
        return await inTurn(async () => makeNow(key, make, signal))
      } finally {
        waiting -= 1
      }
    }
  }
}
