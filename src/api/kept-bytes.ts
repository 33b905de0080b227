/** An answer that nobody asked for in this time is let go. */
const KEPT_MS = 60_000

/** Bytes of answers, each kept until what it was made of is replaced. */
export interface KeptBytes {
  /**
   * The bytes of `key`: the kept ones if all parts are the same as the last time, otherwise new ones.
   * @param parts everything that the text depends on, each replaced and never changed
   */
  readonly of: (key: string, parts: readonly unknown[], make: () => string) => Uint8Array<ArrayBuffer>
  readonly has: (key: string, parts: readonly unknown[]) => boolean
}

interface Kept {
  readonly parts: readonly unknown[]
  readonly bytes: Uint8Array<ArrayBuffer>
  isUsed: boolean
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((part, at) => Object.is(part, b[at]))

/**
 * Keeps answers of at most `bytesMax` in all. One that finds no room is made anew each time and pushes out no other: a client that asks for more than
 * that in turn would push out just what it asks for next.
 */
export function createKeptBytes({ bytesMax }: { readonly bytesMax: number }): KeptBytes {
  const encoder = new TextEncoder()
  const kept = new Map<string, Kept>()
  let held = 0
  let isWatched = false

  function drop(key: string): void {
    held -= kept.get(key)?.bytes.length ?? 0
    kept.delete(key)
  }

  function letGo(): void {
    for (const [key, one] of kept) {
      if (!one.isUsed) drop(key)
      one.isUsed = false
    }
    isWatched = kept.size > 0
    if (isWatched) setTimeout(letGo, KEPT_MS).unref()
  }

  function keep(key: string, one: Kept): void {
    drop(key)
    if (held + one.bytes.length > bytesMax) return
    held += one.bytes.length
    kept.set(key, one)
    if (isWatched) return
    isWatched = true
    setTimeout(letGo, KEPT_MS).unref()
  }

  function find(key: string, parts: readonly unknown[]): Kept | undefined {
    const one = kept.get(key)
    return one != null && isSame(one.parts, parts) ? one : undefined
  }

  return {
    has: (key, parts) => find(key, parts) != null,
    of: (key, parts, make) => {
      const known = find(key, parts)
      if (known != null) {
        known.isUsed = true
        return known.bytes
      }
      const bytes = encoder.encode(make())
      keep(key, { parts, bytes, isUsed: true })
      return bytes
    }
  }
}
