import {
  createLedger,
  encodeLogRecord,
  highestEpoch,
  LIMITS,
  ProtocolError,
  packView,
  sweepLedger,
  takeRecord,
  withKept,
  withTitle,
  type Arrival,
  type Beat,
  type Head,
  type Ledger,
  type LedgerEffect,
  type LogBody,
  type LogRecord,
  type ProjectView,
  type SyncReply
} from './protocol/index.ts'
import { answerHeads } from './log/answer.ts'
import { createBeatBook, type BeatNews } from './log/beat-book.ts'
import { createLateWrites } from './log/late-writes.ts'
import { createKeyedOrder } from '../common/keyed-order.ts'
import { createListeners } from '../common/listeners.ts'
import { loadLogs } from './log/load.ts'
import { missingSince } from './log/missing-since.ts'
import { openRecord, type OpenedRecord } from './log/open-record.ts'
import { createOwnLog } from './log/own-log.ts'
import type { HeadsNotes, KeptViews, LogStore, OwnJournal, Patiently } from './log/ports.ts'
import { createViewKeeper, isKeepable, type ViewKeeper } from './log/view-keeper.ts'
import type { Logger } from './logger.ts'
import type { Signer } from './signer.ts'
import { assertNever } from '../common/assert-never.ts'

export type { BeatNews } from './log/beat-book.ts'
export type { HeadsNotes, KeptViews, LogStore, OwnJournal, Patiently } from './log/ports.ts'

export interface LogBookComponents {
  readonly store: LogStore
  readonly journal: OwnJournal
  readonly signer: Signer
  readonly log: Logger
  /** Default: what the store lost of others' logs is not noticed. */
  readonly heads?: HeadsNotes
  /** Keeps the views of projects that have ended for the next start of the same version. Default: every start folds all logs. */
  readonly kept?: { readonly views: KeptViews; readonly version: string } | undefined
  /** Whether this node knows an owner, which gets more room then. Default: everybody. */
  readonly isKnown?: (owner: string) => boolean
  /** Default: a write that fails is not repeated. */
  readonly patiently?: Patiently
  /** Time of day in milliseconds. Default `Date.now`. */
  readonly wallMs?: () => number
}

/** A record that came in or was written. */
export interface LogChange {
  readonly view: ProjectView
  readonly record: LogRecord
  readonly envelope: Uint8Array
  /** Written by this node, now. */
  readonly own: boolean
  /** The record contradicts one that was there: both envelopes. The project is frozen from here on. */
  readonly proof: readonly [Uint8Array, Uint8Array] | undefined
}

/** Whether a neighbour may know of a project. Default: of all. */
export type IsTold = (view: ProjectView) => boolean

/** Somebody else writes with the key of this node. */
export interface Twin {
  readonly projectId: string
  /** Its epoch, as far as it shows. */
  readonly epoch: number
}

/** This node's view of every project it has heard of: verified records, taken by the rules of the ledger, on disk before they are seen. */
export interface LogBook {
  readonly views: ReadonlyMap<string, ProjectView>
  readonly beats: ReadonlyMap<string, Beat>
  /** Logs of others that are shorter than they were before the start, with the number that was known; an entry goes when its log has caught up. */
  readonly behind: ReadonlyMap<string, number>
  /** Folds what store and journals hold and makes each whole from the other. @returns the number of records that no longer verify and were left out. */
  load: () => Promise<number>
  /**
   * Takes a record from a peer; one that proves a fork counts as taken.
   * @param onOwners called with the record's place in its log, where it is the owner's, also if this node knew it
   * @throws ProtocolError
   */
  ingest: (envelope: Uint8Array, onOwners?: (place: Head) => void) => Promise<void>
  /** Accepts a beat from a peer. @throws ProtocolError */
  ingestBeat: (envelope: Uint8Array) => Promise<BeatNews>
  /** Takes a beat that this node made. */
  sayBeat: (beat: Beat, envelope: Uint8Array) => void
  /**
   * Signs and stores the next record of a project of this node that was announced now or taken over, then shows it. Waits while the disk is full.
   * @returns its envelope.
   */
  append: (projectId: string, epoch: number, body: LogBody) => Promise<Uint8Array>
  /** Shows a project under a title that its announcement does not hold; until then under the beginning of its id. */
  nameProject: (projectId: string, title: string) => void
  /** From now on only this node writes the project: a record with its key that it did not write is of a twin. */
  takeOver: (projectId: string) => void
  /** The project is written elsewhere now, and followed like those of others. */
  giveUp: (projectId: string) => void
  /** The highest epoch in records and beats with this node's key. */
  highestOwnEpoch: () => number
  /** Of the projects that a neighbour may know of. */
  heads: (isTold?: IsTold) => Head[]
  /** What a neighbour with these heads lacks of those projects, in answers of bounded size. */
  answer: (heads: readonly Head[], isTold?: IsTold) => AsyncGenerator<SyncReply>
  /** Forgets what ended long ago. */
  sweep: () => Promise<void>
  /** Called after each record that came in or was written. @returns a function that ends it. */
  onRecord: (listener: (change: LogChange) => void) => () => void
  onBeat: (listener: (beat: Beat) => void) => () => void
  onTwin: (listener: (twin: Twin) => void) => () => void
}

/** What people see of a title that this node was not told. */
const untitled = (projectId: string): string => `film ${projectId.slice(0, 8)}`

export function createLogBook(components: LogBookComponents): LogBook {
  return new Book(components)
}

class Book implements LogBook {
  readonly views = new Map<string, ProjectView>()
  readonly behind = new Map<string, number>()
  readonly #components: LogBookComponents
  readonly #self: string
  readonly #proofs = new Map<string, readonly [Uint8Array, Uint8Array]>()
  /** Of projects whose announcements hold none. */
  readonly #titles = new Map<string, string>()
  readonly #writing = new Set<string>()
  /** Taking and writing happen one after the other for each project, so that the log on disk is the log in memory. */
  readonly #orders = createKeyedOrder()
  readonly #ownLog
  readonly #late
  readonly #beatBook
  readonly #keeper: ViewKeeper | undefined
  readonly #records
  readonly #twins
  readonly #wallMs: () => number
  /** Ahead of `views` by what is being stored. */
  #ledger: Ledger

  constructor(components: LogBookComponents) {
    const { store, journal, signer, log, kept } = components
    const patiently: Patiently = components.patiently ?? (async (task) => task())
    this.#components = components
    this.#self = signer.peerId
    this.#wallMs = components.wallMs ?? Date.now
    this.#ledger = createLedger(signer.peerId)
    const onError = (error: unknown): void => log.error({ err: error }, 'a listener failed')
    this.#records = createListeners<LogChange>(onError)
    this.#twins = createListeners<Twin>(onError)
    this.#late = createLateWrites({ store, patiently, log })
    this.#ownLog = createOwnLog({ journal, patiently, stored: async (id, from, to) => this.#stored(id, from, to) })
    if (kept !== undefined)
      this.#keeper = createViewKeeper(
        { views: kept.views, store, journal, log },
        { self: this.#self, version: kept.version }
      )
    this.#beatBook = createBeatBook({
      self: signer.peerId,
      log,
      views: this.views,
      isWriting: (projectId) => this.#writing.has(projectId),
      onTwin: ({ projectId, epoch }) => this.#twins.tell({ projectId, epoch })
    })
    this.onRecord = this.#records.add
    this.onTwin = this.#twins.add
    this.onBeat = this.#beatBook.onBeat
  }

  readonly onRecord: LogBook['onRecord']
  readonly onTwin: LogBook['onTwin']
  readonly onBeat: LogBook['onBeat']

  get beats(): ReadonlyMap<string, Beat> {
    return this.#beatBook.beats
  }

  async load(): Promise<number> {
    const { store, heads, log } = this.#components
    const known = await this.#loadKept()
    const dropped = await loadLogs({
      store,
      journal: this.#components.journal,
      ownLog: this.#ownLog,
      log,
      self: this.#self,
      known,
      take: async (opened, storedHash, isStored) => {
        const step = takeRecord(this.#ledger, this.#arrival(opened, 'imported', storedHash))
        await this.#carryOut(step.ledger, step.effects, opened, { isStored, inJournal: true })
      },
      views: this.views
    })
    const found = new Map([...this.views].map(([projectId, { head }]) => [projectId, head]))
    for (const lost of missingSince((await heads?.load()) ?? new Map(), found)) {
      if (lost.foundSeq !== lost.notedSeq) this.behind.set(lost.projectId, lost.notedSeq)
      log.warn({ ...lost }, 'the log of a project is shorter than before, or another; asking neighbours')
    }
    for (const [projectId, entry] of this.#ledger.entries)
      if (!known.has(projectId) && isKeepable(entry.view)) await this.#keeper?.keep(entry)
    await this.sweep()
    return dropped
  }

  /** @returns by project, the number of the last record that is in its view already. */
  async #loadKept(): Promise<ReadonlyMap<string, number>> {
    const known = new Map<string, number>()
    for (const { view, bytes } of (await this.#keeper?.load()) ?? []) {
      this.#ledger = withKept(this.#ledger, { view, bytes, known: this.#components.isKnown?.(view.owner) ?? true })
      this.views.set(view.projectId, this.#shown(view))
      known.set(view.projectId, view.head.seq)
    }
    return known
  }

  async ingest(envelope: Uint8Array, onOwners?: (place: Head) => void): Promise<void> {
    const opened = await openRecord(envelope)
    const { record, signer, hash } = opened.signed
    const { projectId, epoch, seq } = record
    const place = { projectId, epoch, seq, hash, frozen: false }
    await this.#orders.run(projectId, async () => {
      const isOwnWriting = signer === this.#self && this.#writing.has(projectId)
      const source = signer === this.#self && !isOwnWriting ? 'imported' : 'received'
      try {
        await this.#take(opened, source)
        onOwners?.(place)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        if (error.code === 'stale') onOwners?.(place)
        if (error.code === 'twin') this.#twins.tell({ projectId, epoch })
        throw error
      }
    })
  }

  async ingestBeat(envelope: Uint8Array): Promise<BeatNews> {
    return this.#beatBook.ingest(envelope)
  }

  sayBeat(beat: Beat, envelope: Uint8Array): void {
    this.#beatBook.say(beat, envelope)
  }

  async append(projectId: string, epoch: number, body: LogBody): Promise<Uint8Array> {
    if (body.type === 'announce') this.takeOver(projectId)
    return this.#orders.run(projectId, async () => {
      if (!this.#writing.has(projectId)) throw new ProtocolError('twin', 'this node does not write the project')
      const head = this.views.get(projectId)?.head
      const seq = head == null ? 0 : head.seq + 1
      const record: LogRecord = { projectId, epoch, seq, prev: head?.hash ?? '', body }
      const opened = await openRecord(await this.#components.signer.sign('log', encodeLogRecord(record)))
      await this.#take(opened, 'written')
      return opened.envelope
    })
  }

  nameProject(projectId: string, title: string): void {
    this.#titles.set(projectId, title)
    const view = this.#ledger.entries.get(projectId)?.view
    if (view != null && this.views.has(projectId)) this.views.set(projectId, this.#shown(view))
  }

  takeOver(projectId: string): void {
    this.#writing.add(projectId)
  }

  giveUp(projectId: string): void {
    this.#writing.delete(projectId)
  }

  highestOwnEpoch(): number {
    return highestEpoch(this.#self, this.views.values(), (projectId) => this.beats.get(projectId)?.epoch)
  }

  heads(isTold: IsTold = () => true): Head[] {
    return [...this.views.values()]
      .filter(isTold)
      .slice(0, LIMITS.projectsMax)
      .map(({ projectId, head, fork }) => ({ projectId, ...head, frozen: fork != null }))
  }

  answer(heads: readonly Head[], isTold: IsTold = () => true): AsyncGenerator<SyncReply> {
    const { views } = this
    return answerHeads(
      {
        views,
        range: async (projectId, fromSeq, recordsMax) => this.#range(projectId, fromSeq, recordsMax),
        proofOf: (projectId) => this.#proofs.get(projectId),
        beatOf: (projectId) => this.#beatBook.envelopeOf(projectId),
        wallMs: this.#wallMs,
        isTold
      },
      heads
    )
  }

  async sweep(): Promise<void> {
    const drops = (): readonly LedgerEffect[] => sweepLedger(this.#ledger, this.#wallMs()).effects
    for (const { projectId } of drops())
      await this.#orders.run(projectId, async () => {
        // It may have changed while others were swept.
        if (!drops().some((drop) => drop.projectId === projectId)) return
        await this.#drop(projectId)
      })
  }

  /** One record: by the rules, then on disk, then for everybody to see. */
  async #take(opened: OpenedRecord, source: Arrival['source']): Promise<void> {
    const storedHash = await this.#storedHash(opened)
    const { ledger, effects } = takeRecord(this.#ledger, this.#arrival(opened, source, storedHash))
    await this.#carryOut(ledger, effects, opened, { isStored: false, inJournal: false })
    const { record } = opened.signed
    const view = this.views.get(record.projectId)
    if (view == null) return
    const proof = effects.some(({ type }) => type === 'prove') ? this.#proofs.get(record.projectId) : undefined
    if (view.owner !== this.#self) this.#components.heads?.note(record.projectId, view.head)
    if (view.head.seq >= (this.behind.get(record.projectId) ?? Infinity)) this.behind.delete(record.projectId)
    this.#records.tell({ view, record, envelope: opened.envelope, own: source === 'written', proof })
    const entry = this.#ledger.entries.get(record.projectId)
    if (record.body.type === 'end' && entry != null && isKeepable(entry.view)) await this.#keeper?.keep(entry)
  }

  #arrival({ signed, envelope }: OpenedRecord, source: Arrival['source'], storedHash: string | undefined): Arrival {
    const known = this.#components.isKnown?.(signed.signer) ?? true
    return { signed, bytes: envelope.byteLength, storedHash, source, known }
  }

  /** The ledger counts at once, so that nobody else gets the room; views change when all is stored. */
  async #carryOut(ledger: Ledger, effects: readonly LedgerEffect[], opened: OpenedRecord, where: Where): Promise<void> {
    const { projectId } = opened.signed.record
    const before = this.#ledger
    this.#ledger = ledger
    try {
      for (const effect of effects) await this.#perform(effect, opened, where)
    } catch (error) {
      this.#restore(before, [projectId, ...effects.map((effect) => effect.projectId)])
      throw error
    }
    const entry = this.#ledger.entries.get(projectId)
    if (entry == null) return
    // Before anybody is told: who keeps the view keeps the small one.
    const view = isKeepable(entry.view) ? packView(entry.view) : entry.view
    if (view !== entry.view) this.#ledger = withKept(this.#ledger, { ...entry, view })
    this.views.set(projectId, this.#shown(view))
  }

  /** With a title for people; the ledger keeps what the owner signed. */
  #shown(view: ProjectView): ProjectView {
    const { projectId, announce } = view
    if (announce.title !== '') return view
    return withTitle(view, this.#titles.get(projectId) ?? untitled(projectId))
  }

  async #perform(effect: LedgerEffect, opened: OpenedRecord, where: Where): Promise<void> {
    const { store } = this.#components
    const { envelope, signed } = opened
    const { projectId } = effect
    switch (effect.type) {
      case 'store': {
        const isOwn = signed.signer === this.#self
        if (isOwn && !where.inJournal) await this.#ownLog.write(projectId, effect.seq, envelope)
        if (where.isStored) return undefined
        // Its journal goes with a removal, which has to outlive that.
        const durable = isOwn && signed.record.body.type === 'end'
        if (isOwn) return this.#late.write(projectId, effect.seq, envelope, { durable })
        return store.append(projectId, effect.seq, envelope, { durable })
      }
      case 'prove': {
        const [stored] = await this.#stored(projectId, effect.fork.seq, effect.fork.seq + 1)
        if (stored == null) throw new Error('the record that is contradicted cannot be read')
        await store.putProof(projectId, stored, envelope)
        this.#proofs.set(projectId, [stored, envelope])
        return undefined
      }
      case 'keep-only':
        await this.#keeper?.forget(projectId)
        return store.keepOnly(projectId, effect.seqs)
      case 'drop':
        return this.#drop(projectId)
      default:
        return assertNever(effect)
    }
  }

  async #drop(projectId: string): Promise<void> {
    const { store, heads } = this.#components
    const isOwn = this.views.get(projectId)?.owner === this.#self
    this.#late.forget(projectId)
    await this.#keeper?.forget(projectId)
    await store.delete(projectId)
    if (isOwn) await this.#ownLog.forget(projectId)
    heads?.forget(projectId)
    this.#beatBook.forget(projectId)
    this.#proofs.delete(projectId)
    this.#titles.delete(projectId)
    this.behind.delete(projectId)
    this.views.delete(projectId)
    const entries = new Map(this.#ledger.entries)
    entries.delete(projectId)
    this.#ledger = { ...this.#ledger, entries }
  }

  #restore(before: Ledger, projectIds: readonly string[]): void {
    const entries = new Map(this.#ledger.entries)
    for (const projectId of projectIds) {
      const entry = before.entries.get(projectId)
      if (entry == null) entries.delete(projectId)
      else entries.set(projectId, entry)
    }
    this.#ledger = { ...this.#ledger, entries }
  }

  /** Hash of the record that is here under the same number, where that may matter. */
  async #storedHash({ signed }: OpenedRecord): Promise<string | undefined> {
    const { projectId, seq } = signed.record
    const view = this.#ledger.entries.get(projectId)?.view
    if (view == null || view.owner !== signed.signer || view.fork != null || seq > view.head.seq) return undefined
    if (seq === view.head.seq) return view.head.hash
    const [envelope] = await this.#stored(projectId, seq, seq + 1)
    return envelope == null ? undefined : (await openRecord(envelope)).signed.hash
  }

  async #range(projectId: string, fromSeq: number, recordsMax: number): Promise<readonly Uint8Array[]> {
    const limits = { recordsMax, bytesMax: LIMITS.syncBytesMax }
    const records = await this.#components.store.range(projectId, fromSeq, limits)
    return records.length > 0 ? records : this.#late.from(projectId, fromSeq).slice(0, Math.min(recordsMax, 16))
  }

  /** Records of one project that have a number from `fromSeq` to before `toSeq`, up to the first that is missing. */
  async #stored(projectId: string, fromSeq: number, toSeq: number): Promise<Uint8Array[]> {
    const found: Uint8Array[] = []
    while (fromSeq + found.length < toSeq) {
      const missing = toSeq - fromSeq - found.length
      const records = await this.#range(projectId, fromSeq + found.length, Math.min(missing, LIMITS.syncRecordsMax))
      if (records.length === 0) break
      for (const envelope of records) {
        const { record } = (await openRecord(envelope)).signed
        if (record.seq !== fromSeq + found.length) return found
        found.push(envelope)
      }
    }
    return found
  }
}

/** Where a record is already while the logs are loaded. */
interface Where {
  readonly isStored: boolean
  readonly inJournal: boolean
}
