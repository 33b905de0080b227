import { makePreview, type PreviewInput } from '../../encode/index.ts'
import { createLimit } from '../../common/limit.ts'

/** Largest scene that is put into a player's container: ten seconds at 26 Mbit/s. Making one takes about three times as much memory, one at a time. */
export const PREVIEW_BYTES_MAX = 32 * 1024 * 1024

/** What is kept of made previews, since players ask for them in many ranges. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024

/** No segment of the allowed size takes nearly as long. */
const MAKING_MS_MAX = 60_000

export interface PreviewOf extends PreviewInput {
  readonly sha256: string
}

/** Scenes as players want them. */
export interface Previews {
  readonly get: (preview: PreviewOf) => Promise<Uint8Array<ArrayBuffer>>
}

/** Makes previews one at a time and keeps the last ones. */
export function createPreviews(make: typeof makePreview = makePreview): Previews {
  const inTurn = createLimit(1)
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  let keptBytes = 0

  function touch(key: string): Uint8Array<ArrayBuffer> | undefined {
    const found = kept.get(key)
    if (found != null) {
      kept.delete(key)
      kept.set(key, found)
    }
    return found
  }

  function keep(key: string, made: Uint8Array<ArrayBuffer>): void {
    kept.set(key, made)
    keptBytes += made.length
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= KEPT_BYTES_MAX) return
      kept.delete(oldest)
      keptBytes -= length
    }
  }

  return {
    get: async ({ sha256, ...input }) => {
      const key = `${sha256}.${input.form}`
      return (
        touch(key) ??
        inTurn(async () => {
          const found = touch(key)
          if (found != null) return found
          const made = await make(input, { signal: AbortSignal.timeout(MAKING_MS_MAX) })
          keep(key, made)
          return made
        })
      )
    }
  }
}
