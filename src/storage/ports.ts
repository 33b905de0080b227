import type { BlobRef, Maker } from '../swarm/protocol/index.ts'

/** What an owner keeps of its own project besides the log: never sent to anybody. */
export interface StoredProject {
  readonly projectId: string
  /** Opaque to storage. */
  readonly job: unknown
  /** Presentation times of the frames, once the source was analysed. */
  readonly timestampsMs: readonly number[] | undefined
}

/**
 * What an owner keeps of its own projects outside of the database, so that a damaged or emptied one never makes it forget a project or
 * sign two records with one number. Every write is durable when it resolves.
 */
export interface OwnStore {
  /** @throws StorageError `no-space`; what was there before still is. */
  put: (project: StoredProject) => Promise<void>
  /** Projects whose job can be read, in no order. */
  all: () => Promise<StoredProject[]>
  /** Adds a signed envelope to the project's journal. @throws StorageError `no-space`; nothing of it is stored then. */
  append: (projectId: string, envelope: Uint8Array) => Promise<void>
  /** The journal in order, up to the first record that is torn or damaged. */
  records: (projectId: string) => Promise<Uint8Array[]>
  /** Length of the journal; 0 where there is none. */
  journalBytes: (projectId: string) => Promise<number>
  /** Projects that have files here, in no order. */
  projects: () => Promise<readonly string[]>
  /** Job and journal, in one step. */
  delete: (projectId: string) => Promise<void>
  /** Waits for work that has begun, and closes the files. */
  close: () => Promise<void>
}

/** A lease that an owner granted, kept so that after a restart the owner knows who works. */
export interface StoredLease {
  readonly projectId: string
  readonly scene: number
  readonly epoch: number
  readonly attempt: number
  readonly worker: string
  /** What its worker encodes with. */
  readonly maker?: Maker | undefined
}

export interface LeaseRepository {
  put: (lease: StoredLease) => Promise<void>
  delete: (lease: Pick<StoredLease, 'projectId' | 'scene' | 'attempt' | 'epoch'>) => Promise<void>
  /** In the order of scenes. */
  all: (projectId: string) => Promise<StoredLease[]>
  clear: (projectId: string) => Promise<void>
}

/** What became of one lease of a project of this node, for people to look at. */
export interface StoredAttempt extends StoredLease {
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly changedAtMs: number
  readonly encodeMs: number | null
  readonly bytes: number | null
  readonly verdict: string
  readonly reason: string
  readonly psnr: number | null
  readonly psnrMean: number | null
  readonly xpsnr: number | null
}

/** Not flushed: a power cut may lose the last ones. */
export interface AttemptRepository {
  /** Replaces an earlier value with the same token. */
  put: (attempt: StoredAttempt) => Promise<void>
  delete: (attempt: StoredAttempt) => Promise<void>
  all: () => AsyncGenerator<StoredAttempt>
  clear: (projectId: string) => Promise<void>
}

/** What the chronicle keeps, by kind and a number that grows. */
export interface ChronicleKey {
  readonly kind: 'event' | 'sample'
  readonly number: number
}

export interface StoredChronicle extends ChronicleKey {
  /** JSON, as any version wrote it. */
  readonly value: unknown
}

/** What happened, for people to look at; not flushed. */
export interface ChronicleRepository {
  put: (entry: StoredChronicle) => Promise<void>
  delete: (key: ChronicleKey) => Promise<void>
  /** In the order of their numbers. */
  all: (kind: ChronicleKey['kind']) => Promise<readonly StoredChronicle[]>
}

/** Whether there is room to write: a state that the node shows, and that ends without a restart. */
export type DiskState = 'ok' | 'disk-full'

/** The part of the disk guard that writers need. */
export interface DiskReporter {
  readonly state: DiskState
  /** Reports the error of a write. @returns whether it means that the disk is full. */
  report: (error: unknown) => boolean
}

/** A blob that is being received: chunks in order, kept when the transfer breaks. */
export interface BlobWriter {
  /** Bytes that are already stored. A multiple of the chunk length, or all of them. */
  readonly offset: number
  /** What an earlier transfer left of the chunk after them. It is not stored any more: `close` stores it again. */
  readonly rest: Uint8Array
  /** @throws StorageError `no-space`; nothing of the chunk is stored then, and the same call works when there is space. */
  write: (chunk: Uint8Array) => Promise<void>
  /** Checks length and hash, then makes the blob visible. @throws StorageError `hash-mismatch`; nothing is kept then. */
  commit: () => Promise<void>
  /** Stops; the received bytes are kept for a later try. @param rest what came of the next chunk. Default none */
  close: (rest?: Uint8Array) => Promise<void>
}

/** A hold on a blob. A held blob is not deleted, even when others no longer need it. Ending a hold twice is not an error. */
export interface BlobHold {
  /** Ends the hold; the blob stays in the cache. */
  release: () => void
  /** Ends the hold and marks the blob as useless: it is deleted, now or when the last hold ends. */
  drop: () => Promise<void>
}

/** An adopted blob, held since before it was visible. */
export interface AdoptedBlob {
  readonly ref: BlobRef
  readonly hold: BlobHold
}

/** Content-addressed files. A visible blob is complete: written to a temporary file, flushed, renamed. */
export interface BlobStore {
  /** Adopts a file: hashes it and moves it in. */
  adopt: (file: string) => Promise<AdoptedBlob>
  has: (ref: BlobRef) => Promise<boolean>
  /** Reads it completely and compares; a damaged blob is removed. */
  check: (ref: BlobRef) => Promise<boolean>
  /** Path of a blob that is here. */
  path: (sha256: string) => string
  /** Length in bytes; undefined when it is not here. */
  size: (sha256: string) => Promise<number | undefined>
  /** @throws StorageError `busy` while another one receives it; `no-space` when the disk is full or the quota for blobs that nobody holds cannot be met. */
  receive: (ref: BlobRef) => Promise<BlobWriter>
  /** Holds a blob, even before it exists. Taken before a blob is looked up or fetched, so that it cannot be deleted in between. */
  hold: (sha256: string) => BlobHold
  /** Holds every blob while it is not known which ones are needed. @returns a function that ends this. */
  holdAll: () => () => void
  /** Sets the quota for blobs that nobody holds. What is over it goes at once. */
  limitCache: (bytesMax: number) => Promise<void>
  /** Removes what nobody holds, the least recently used first, until so many bytes are free or nothing is left. @returns the bytes that it freed */
  makeRoom: (bytes: number) => Promise<number>
  /** All whole blobs together. */
  usage: () => { readonly bytes: number; readonly count: number }
  /**
   * Removes blobs without a hold that were not used for `unusedMs` (default a day), transfers that nobody resumed for that long, and what is
   * over the quota. With 0, removes all that nothing holds. @returns the removed ones.
   */
  collect: (options?: { readonly unusedMs?: number }) => Promise<{ readonly bytes: number; readonly count: number }>
}
