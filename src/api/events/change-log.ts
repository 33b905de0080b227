/** Which things changed, in the order of their last change; each is in it once, however often it changed. */
export interface ChangeLog<Key> {
  /** The thing changed, and that is this version: a number above all before. */
  set: (key: Key, version: number) => void
  forget: (key: Key) => void
  /** Version of the last change of a thing. */
  versionOf: (key: Key) => number | undefined
  /** The first change after a version; undefined when there is none. */
  after: (version: number) => { readonly key: Key; readonly version: number } | undefined
  /** The changes from a version on, at most this many. */
  from: (version: number, most: number) => readonly { readonly key: Key; readonly version: number }[]
  readonly size: number
}

/** Outdated entries are cleared away when they are more than the others and more than this. */
const OUTDATED_MIN = 256

export function createChangeLog<Key>(): ChangeLog<Key> {
  const current = new Map<Key, number>()
  // In rising order of version; an entry is outdated when its thing has another version by now.
  let versions: number[] = []
  let keys: Key[] = []

  const isCurrent = (at: number): boolean => current.get(keys[at] as Key) === versions[at]

  function compact(): void {
    const outdated = versions.length - current.size
    if (outdated <= Math.max(OUTDATED_MIN, current.size)) return
    const kept = versions.map((_, at) => at).filter(isCurrent)
    versions = kept.map((at) => versions[at] ?? 0)
    keys = kept.map((at) => keys[at] as Key)
  }

  /** Place of the first entry with this version or a later one. */
  function placeOf(version: number): number {
    let low = 0
    let high = versions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((versions[middle] ?? 0) < version) low = middle + 1
      else high = middle
    }
    return low
  }

  function from(version: number, most: number): { key: Key; version: number }[] {
    const found: { key: Key; version: number }[] = []
    for (let at = placeOf(version); at < versions.length && found.length < most; at += 1)
      if (isCurrent(at)) found.push({ key: keys[at] as Key, version: versions[at] ?? 0 })
    return found
  }

  return {
    from,
    after: (version) => from(version + 1, 1)[0],
    versionOf: (key) => current.get(key),
    set: (key, version) => {
      current.set(key, version)
      versions.push(version)
      keys.push(key)
      compact()
    },
    forget: (key) => {
      current.delete(key)
      compact()
    },
    get size() {
      return current.size
    }
  }
}
