/** The signed logs of all projects, as received. */
export interface LogStore {
  /** Resolves when written; with `durable` when it survives a power cut. */
  append: (
    projectId: string,
    seq: number,
    envelope: Uint8Array,
    options: { readonly durable: boolean }
  ) => Promise<void>
  /** Every record, project by project in the order of seq. @param known by project, a number up to which its records are left out. Default none */
  all: (
    known?: ReadonlyMap<string, number>
  ) => AsyncIterable<{ readonly projectId: string; readonly envelope: Uint8Array }>
  /** Records of one project from `fromSeq` on, at most this many records and bytes (always one record, if there is one). */
  range: (
    projectId: string,
    fromSeq: number,
    limits: { readonly recordsMax: number; readonly bytesMax: number }
  ) => Promise<Uint8Array[]>
  /** Removes the log of a project and the proof against it. */
  delete: (projectId: string) => Promise<void>
  /** Removes every record of a project but these, all at once. */
  keepOnly: (projectId: string, seqs: readonly number[]) => Promise<void>
  /** Keeps two records that contradict each other; the first pair of a project stays. */
  putProof: (projectId: string, first: Uint8Array, second: Uint8Array) => Promise<void>
  proofs: () => Promise<{ readonly projectId: string; readonly first: Uint8Array; readonly second: Uint8Array }[]>
}

/** A second, durable copy of the records of this node's own projects: it survives the loss of the store. */
export interface OwnJournal {
  /** Projects that have a journal. */
  projects: () => Promise<readonly string[]>
  records: (projectId: string) => Promise<Uint8Array[]>
  /** Length of the journal; 0 where there is none. */
  journalBytes: (projectId: string) => Promise<number>
  /** Durable when it resolves; nothing of the record is stored when it rejects. */
  append: (projectId: string, envelope: Uint8Array) => Promise<void>
  delete: (projectId: string) => Promise<void>
}

/** Views of projects that have ended, so that their logs need not be folded again. What is lost is made again. */
export interface KeptViews {
  all: () => AsyncIterable<{ readonly projectId: string; readonly bytes: Uint8Array<ArrayBuffer> }>
  put: (projectId: string, bytes: Uint8Array) => Promise<void>
  delete: (projectId: string) => Promise<void>
}

/** How far the logs of others were known here, kept outside of the store. */
export interface HeadsNotes {
  load: () => Promise<ReadonlyMap<string, { readonly seq: number; readonly hash: string }>>
  note: (projectId: string, head: { readonly seq: number; readonly hash: string }) => void
  forget: (projectId: string) => void
}

/** Repeats a write that failed for lack of space when there is space again; passes other errors on. */
export type Patiently = <T>(task: () => Promise<T>) => Promise<T>
