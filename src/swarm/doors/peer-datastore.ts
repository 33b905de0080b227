import { KEPT } from './door-limits.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { NotFoundError, type PeerId, type Startable } from '@libp2p/interface'
import { Key, type Batch, type Datastore, type KeyQuery, type Pair, type Query } from 'interface-datastore'

/** Where libp2p's entries go when this node stops, and come from when it starts. */
export type PeerDisk = Pick<Datastore, 'query' | 'put' | 'delete'>

export interface PeerDatastoreComponents {
  readonly disk: PeerDisk
  readonly onError: (error: unknown) => void
}

export interface PeerDatastoreInit {
  /** Default `KEPT`. */
  readonly limits?: { readonly [Limit in keyof typeof KEPT]: number }
}

/** What libp2p knows of other peers, as its datastore: bounded, in memory, and written to the disk now and then. libp2p starts and stops it. */
export interface PeerDatastore extends Datastore, Startable {
  /** Connected peers, which go last. */
  readonly connected: { add: (peer: PeerId) => void; delete: (peer: PeerId) => void }
  flush: () => Promise<void>
}

const PEERS = '/peers/'
const NOTES = '/dht/provider/'

const keyOf = (peer: PeerId): string => `${PEERS}${peer.toCID().toString()}`

/**
 * libp2p writes for every stream that a peer opens and for every note that it sends. Here none of that reaches the disk at once, and none of it grows beyond its limit.
 * Values of the DHT are not kept at all.
 */
export function createPeerDatastore(
  { disk, onError }: PeerDatastoreComponents,
  init: PeerDatastoreInit = {}
): PeerDatastore {
  const { limits = KEPT } = init
  const connected = new Set<string>()
  const peers = createShelf<Uint8Array>({ max: limits.peersMax, isNeeded: (key) => connected.has(key) })
  const notes = createShelf<Uint8Array>({ max: limits.notesMax, maxPerOwner: limits.notesPerPeerMax })
  /** By the project that they are about. */
  const subjects = new Map<string, Set<string>>()
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function shelfOf(key: string): Shelf<Uint8Array> | undefined {
    if (key.startsWith(PEERS)) return peers
    return key.startsWith(NOTES) ? notes : undefined
  }

  function put(key: string, value: Uint8Array): void {
    const shelf = shelfOf(key)
    if (shelf == null || key.length > limits.noteBytesMax) return
    if (value.byteLength > (shelf === peers ? limits.peerBytesMax : limits.noteBytesMax)) return
    changed.add(key)
    const { subject, provider } = partsOf(key)
    for (const gone of shelf.put(key, value, shelf === peers ? key : provider)) forget(gone)
    if (shelf === notes) subjects.set(subject, (subjects.get(subject) ?? new Set()).add(key))
  }

  function forget(key: string): void {
    changed.add(key)
    if (!key.startsWith(NOTES)) return
    const { subject } = partsOf(key)
    const about = subjects.get(subject)
    about?.delete(key)
    if (about?.size === 0) subjects.delete(subject)
  }

  function remove(key: string): void {
    if (shelfOf(key)?.delete(key) === true) forget(key)
  }

  const get = (key: string): Uint8Array | undefined => shelfOf(key)?.entries.get(key)

  /** Of notes about one project without a look at all others. */
  function* keysBelow(prefix: string): Generator<string> {
    const subject = prefix.startsWith(NOTES) ? partsOf(prefix).subject : ''
    const all = subject === '' ? [...peers.entries.keys(), ...notes.entries.keys()] : (subjects.get(subject) ?? [])
    for (const key of all) if (key.startsWith(prefix)) yield key
  }

  async function* pairs({
    prefix = '',
    filters = [],
    orders = [],
    offset = 0,
    limit = Infinity
  }: Query): AsyncGenerator<Pair> {
    const found = [...keysBelow(prefix)]
      .map((key) => ({ key: new Key(key), value: get(key) ?? new Uint8Array() }))
      .filter((pair) => filters.every((filter) => filter(pair)))
    for (const order of orders) found.sort(order)
    yield* found.slice(offset, offset + limit)
  }

  async function* keysOf(query: KeyQuery): AsyncGenerator<Key> {
    const { filters = [], orders = [], prefix = '', offset = 0, limit = Infinity } = query
    const found = [...keysBelow(prefix)]
      .map((key) => new Key(key))
      .filter((key) => filters.every((filter) => filter(key)))
    for (const order of orders) found.sort(order)
    yield* found.slice(offset, offset + limit)
  }

  async function flush(): Promise<void> {
    // What changes meanwhile waits for the next time.
    const keys = [...changed]
    for (const key of keys) {
      changed.delete(key)
      const value = get(key)
      try {
        await (value == null ? disk.delete(new Key(key)) : disk.put(new Key(key), value))
      } catch (error) {
        changed.add(key)
        throw error
      }
    }
  }

  function batch(): Batch {
    const todo: (() => void)[] = []
    return {
      put: (key, value) => void todo.push(() => put(key.toString(), value)),
      delete: (key) => void todo.push(() => remove(key.toString())),
      commit: () => {
        for (const act of todo.splice(0)) act()
      }
    }
  }

  const datastore = {
    has: (key: Key) => get(key.toString()) != null,
    get: (key: Key) => {
      const value = get(key.toString())
      if (value == null) throw new NotFoundError(`nothing is kept under ${key.toString()}`)
      return value
    },
    put: (key: Key, value: Uint8Array) => {
      put(key.toString(), value)
      return key
    },
    delete: (key: Key) => remove(key.toString()),
    batch,
    query: pairs,
    queryKeys: keysOf,
    putMany: async function* (source: Iterable<Pair> | AsyncIterable<Pair>) {
      for await (const { key, value } of source) yield datastore.put(key, value)
    },
    getMany: async function* (source: Iterable<Key> | AsyncIterable<Key>) {
      for await (const key of source) yield { key, value: datastore.get(key) }
    },
    deleteMany: async function* (source: Iterable<Key> | AsyncIterable<Key>) {
      for await (const key of source) {
        datastore.delete(key)
        yield key
      }
    }
  }

  return {
    ...datastore,
    connected: {
      add: (peer) => void connected.add(keyOf(peer)),
      delete: (peer) => void connected.delete(keyOf(peer))
    },
    flush,
    beforeStart: async () => {
      for await (const { key, value } of disk.query({})) {
        put(key.toString(), value)
        // What is too much, or has another form, goes from the disk.
        if (get(key.toString()) != null) changed.delete(key.toString())
        else changed.add(key.toString())
      }
    },
    start: () => {
      timer = setInterval(() => void flush().catch(onError), limits.flushMs)
      timer.unref()
    },
    stop: () => clearInterval(timer),
    afterStop: async () => flush().catch(onError)
  }
}

/** Of the key of a note: what it is about, and who provides it. */
function partsOf(key: string): { readonly subject: string; readonly provider: string } {
  const [, , , subject = '', provider = ''] = key.split('/')
  return { subject, provider }
}
