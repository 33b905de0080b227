import type { Gate } from './gate.ts'

export type DiskError = 'ENOSPC'

export interface WriteInit {
  /** Durable when done. Default false: durable some time later. */
  readonly sync?: boolean
}

export type WriteDone = (error?: DiskError) => void

/** `bytes` left out deletes the key. */
export interface WriteOp {
  readonly key: string
  readonly bytes?: Uint8Array | undefined
}

/**
 * A keyed store. Writes complete in order and are seen from then on.
 * `level` is a log, like LevelDB: a write is one unit, a sync one makes all before it durable, a crash leaves a prefix.
 * `files` are files: each becomes durable alone, a crash keeps or loses each alone, the last can be torn.
 */
export interface DiskArea {
  /** Bytes are kept, not copied. `done` is never called within `write`, and not at all once the process or the machine has crashed. */
  write: (key: string, bytes: Uint8Array, init: WriteInit, done?: WriteDone) => void
  /** Several keys as one unit in `level`; one after the other in `files`. */
  batch: (ops: readonly WriteOp[], init: WriteInit, done?: WriteDone) => void
  /** Works on a full disk too. */
  delete: (key: string, init: WriteInit, done?: WriteDone) => void
  /** What the process sees now. */
  read: (key: string) => Uint8Array | undefined
  /** Sorted. */
  keys: (prefix?: string) => string[]
  /** What would survive whatever happens now: for invariants. */
  readDurable: (key: string) => Uint8Array | undefined
  /** Sum of the values that the process sees. */
  usedBytes: () => number
  /** Everything with this prefix is gone, on the platters too. Default all of the area. For a node that is down. */
  lose: (prefix?: string) => void
  /** The newest `writes` durable units (64 at most) are undone: a log whose tail does not check out. For a node that is down. */
  loseTail: (writes: number) => void
  /** Inverts the last `bytes` bytes of the value that became durable last. For a node that is down. Returns its key. */
  corruptTail: (bytes: number) => string | undefined
}

/** The disk of one machine. */
export interface Disk {
  readonly level: DiskArea
  readonly files: DiskArea
  /** Writes fail with `ENOSPC` while it is true; deleting works. */
  full: boolean
  /** The process died, the machine did not: what was done stays; of what was under way, a prefix. */
  kill: () => void
  /** Power lost: what is durable stays; of the rest, by chance, what the area allows. `tear`: a file that just made it loses its tail. */
  crash: (init?: { readonly tear?: boolean }) => void
}

export interface DiskInit {
  /** Holds back `done` while the process is stopped; give the node's clock. */
  readonly gate?: Gate
  /** Of a write, evenly between the two. Default 0.1 to 2 ms. */
  readonly writeMs?: readonly [number, number]
  /** Of a write with sync, evenly between the two. Default 1 to 20 ms. */
  readonly syncMs?: readonly [number, number]
  /** Mean time after which an unsynced write is durable by itself. Default 5 000 ms. */
  readonly flushMeanMs?: number
}
