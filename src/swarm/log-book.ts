import {
  decodeBeat,
  decodeLogRecord,
  encodeLogRecord,
  foldRecord,
  isNewerBeat,
  LIMITS,
  ProtocolError
} from './protocol/index.ts'
import { deriveProjectId, openEnvelope, sha256Hex, type Signer } from './signer.ts'
import type { Beat, Head, LogBody, LogRecord, ProjectView, SyncReply } from './protocol/index.ts'

/** Where the records are kept; what is appended must be there after a restart. */
export interface LogStore {
  append: (
    projectId: string,
    seq: number,
    envelope: Uint8Array,
    options: { readonly durable: boolean }
  ) => Promise<void>
  all: () => AsyncIterable<{ readonly projectId: string; readonly envelope: Uint8Array }>
  range: (
    projectId: string,
    fromSeq: number,
    limits: { readonly recordsMax: number; readonly bytesMax: number }
  ) => Promise<Uint8Array[]>
}

export interface LogBookComponents {
  readonly store: LogStore
  readonly signer: Signer
}

export type LogBookListener = (change: {
  readonly view: ProjectView
  readonly record: LogRecord
  readonly envelope: Uint8Array
  readonly own: boolean
}) => void

/** This node's view of every project it has heard of: verified records, folded. */
export interface LogBook {
  readonly views: ReadonlyMap<string, ProjectView>
  readonly beats: ReadonlyMap<string, Beat>
  /** Folds what the store holds. @returns the number of records that no longer verify and were left out. */
  load: () => Promise<number>
  /** Takes a record from a peer. @throws ProtocolError */
  ingest: (envelope: Uint8Array) => Promise<void>
  /** Takes a beat from a peer. @throws ProtocolError */
  ingestBeat: (envelope: Uint8Array) => Promise<void>
  /** Signs, stores durably, then folds and announces the next record of an own project. @returns its envelope. */
  append: (projectId: string, epoch: number, body: LogBody) => Promise<Uint8Array>
  heads: () => Head[]
  /** What a neighbour with these heads lacks, in answers of bounded size. */
  answer: (heads: readonly Head[]) => AsyncGenerator<SyncReply>
  /** Called after each record that came in or was written. @returns a function that ends it. */
  onRecord: (listener: LogBookListener) => () => void
  onBeat: (listener: (beat: Beat) => void) => () => void
}

export function createLogBook({ store, signer }: LogBookComponents): LogBook {
  const views = new Map<string, ProjectView>()
  const beats = new Map<string, Beat>()
  const beatEnvelopes = new Map<string, Uint8Array>()
  const recordListeners = new Set<LogBookListener>()
  const beatListeners = new Set<(beat: Beat) => void>()
  /** Folding and writing happen one after the other for each project, so that the log on disk is the log in memory. */
  const tails = new Map<string, Promise<unknown>>()

  async function inOrder<T>(projectId: string, task: () => Promise<T>): Promise<T> {
    const run = (tails.get(projectId) ?? Promise.resolve()).then(task, task)
    tails.set(projectId, run)
    try {
      return await run
    } finally {
      if (tails.get(projectId) === run) tails.delete(projectId)
    }
  }

  async function open(
    envelope: Uint8Array
  ): Promise<{ record: LogRecord; signer: string; hash: string; derivedProjectId: string | undefined }> {
    if (envelope.byteLength > LIMITS.envelopeBytesMax)
      throw new ProtocolError('too-large', 'larger than an envelope may be')
    const opened = await openEnvelope('log', envelope)
    const record = decodeLogRecord(opened.payload)
    const derivedProjectId =
      record.body.type === 'announce' ? deriveProjectId(opened.signer, record.body.announce.nonce) : undefined
    return { record, signer: opened.signer, hash: opened.hash, derivedProjectId }
  }

  function checkRoom(owner: string, projectId: string): void {
    if (views.has(projectId) || owner === signer.peerId) return
    const ofOwner = [...views.values()].filter((view) => view.owner === owner).length
    if (views.size >= LIMITS.projectsMax || ofOwner >= LIMITS.projectsPerOwnerMax)
      throw new ProtocolError('too-many', 'too many projects')
  }

  function tell(view: ProjectView, record: LogRecord, envelope: Uint8Array, own: boolean): void {
    for (const listener of recordListeners) listener({ view, record, envelope, own })
  }

  async function ingest(envelope: Uint8Array): Promise<void> {
    const signed = await open(envelope)
    const { projectId, seq } = signed.record
    await inOrder(projectId, async () => {
      const view = foldRecord(views.get(projectId), signed)
      checkRoom(view.owner, projectId)
      await store.append(projectId, seq, envelope, { durable: false })
      views.set(projectId, view)
      tell(view, signed.record, envelope, false)
    })
  }

  async function append(projectId: string, epoch: number, body: LogBody): Promise<Uint8Array> {
    return inOrder(projectId, async () => {
      const head = views.get(projectId)?.head
      const record: LogRecord = { projectId, epoch, seq: head == null ? 0 : head.seq + 1, prev: head?.hash ?? '', body }
      const envelope = await signer.sign('log', encodeLogRecord(record))
      const derivedProjectId =
        body.type === 'announce' ? deriveProjectId(signer.peerId, body.announce.nonce) : undefined
      const view = foldRecord(views.get(projectId), {
        record,
        signer: signer.peerId,
        hash: sha256Hex(envelope),
        derivedProjectId
      })
      await store.append(projectId, record.seq, envelope, { durable: true })
      views.set(projectId, view)
      tell(view, record, envelope, true)
      return envelope
    })
  }

  async function load(): Promise<number> {
    let dropped = 0
    for await (const { envelope } of store.all()) {
      try {
        const signed = await open(envelope)
        views.set(signed.record.projectId, foldRecord(views.get(signed.record.projectId), signed))
      } catch {
        dropped += 1
      }
    }
    return dropped
  }

  async function ingestBeat(envelope: Uint8Array): Promise<void> {
    if (envelope.byteLength > LIMITS.envelopeBytesMax)
      throw new ProtocolError('too-large', 'larger than an envelope may be')
    const opened = await openEnvelope('beat', envelope)
    const beat = decodeBeat(opened.payload)
    const view = views.get(beat.projectId)
    if (view == null) throw new ProtocolError('unknown-project', 'a beat of a project that is not known here')
    if (opened.signer !== view.owner) throw new ProtocolError('wrong-signer', 'a beat signed by another than the owner')
    if (!isNewerBeat(beats.get(beat.projectId), beat)) throw new ProtocolError('stale', 'an older beat')
    beats.set(beat.projectId, beat)
    beatEnvelopes.set(beat.projectId, envelope)
    for (const listener of beatListeners) listener(beat)
  }

  async function* answer(heads: readonly Head[]): AsyncGenerator<SyncReply> {
    const known = new Map(heads.map((head) => [head.projectId, head.seq]))
    for (const view of views.values()) {
      let from = (known.get(view.projectId) ?? -1) + 1
      while (from <= view.head.seq) {
        const records = await store.range(view.projectId, from, {
          recordsMax: LIMITS.syncRecordsMax,
          bytesMax: LIMITS.syncBytesMax
        })
        if (records.length === 0) break
        yield { records, beats: [], more: true }
        from += records.length
      }
      const beat = beatEnvelopes.get(view.projectId)
      if (beat != null && view.end == null) yield { records: [], beats: [beat], more: true }
    }
    yield { records: [], beats: [], more: false }
  }

  return {
    views,
    beats,
    load,
    ingest,
    ingestBeat,
    append,
    answer,
    heads: () =>
      [...views.values()]
        .slice(0, LIMITS.projectsMax)
        .map((view) => ({ projectId: view.projectId, epoch: view.head.epoch, seq: view.head.seq, frozen: false })),
    onRecord: (listener) => subscribe(recordListeners, listener),
    onBeat: (listener) => subscribe(beatListeners, listener)
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
