/** Entries up to a number, in all and for each owner; the ones written longest ago go first, and when it is full those of an owner with more than its share. */
export interface Shelf<Value> {
  readonly entries: ReadonlyMap<string, Value>
  /** @returns the keys that had to go */
  put: (key: string, value: Value, owner: string) => string[]
  delete: (key: string) => boolean
}

export interface ShelfInit {
  readonly max: number
  /** Default `max`. */
  readonly maxPerOwner?: number
  /** Keys that go last. Default: none. */
  readonly isNeeded?: (key: string) => boolean
}

export function createShelf<Value>({ max, maxPerOwner = max, isNeeded = () => false }: ShelfInit): Shelf<Value> {
  /** In the order in which they were written. */
  const entries = new Map<string, Value>()
  const owners = new Map<string, string>()
  const owned = new Map<string, Set<string>>()

  function remove(key: string): boolean {
    const owner = owners.get(key)
    if (owner == null) return false
    const theirs = owned.get(owner)
    theirs?.delete(key)
    if (theirs?.size === 0) owned.delete(owner)
    owners.delete(key)
    return entries.delete(key)
  }

  function oldest(keys: Iterable<string>, except: string): string | undefined {
    let first: string | undefined
    for (const key of keys) {
      if (key === except) continue
      if (!isNeeded(key)) return key
      first ??= key
    }
    return first
  }

  return {
    entries,
    delete: remove,
    put: (key, value, owner) => {
      remove(key)
      const mine = owned.get(owner) ?? new Set()
      owned.set(owner, mine.add(key))
      owners.set(key, owner)
      entries.set(key, value)
      if (mine.size <= maxPerOwner && entries.size <= max) return []
      const isGreedy = mine.size > Math.min(maxPerOwner, entries.size / owned.size)
      const gone = oldest(isGreedy ? mine : entries.keys(), key)
      return gone != null && remove(gone) ? [gone] : []
    }
  }
}
