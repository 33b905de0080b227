import {
  createLedger,
  decodeSyncReply,
  encodeLogRecord,
  encodeSyncReply,
  encodeSyncRequest,
  GOSSIP_VERDICT,
  isNewerBeat,
  isTold,
  LIMITS,
  ProtocolError,
  sweepLedger,
  takeRecord,
  type Arrival,
  type Beat,
  type Head,
  type Ledger,
  type LedgerEffect,
  type LedgerEntry,
  type LedgerStep,
  type LogBody,
  type ProjectView,
  type ProtocolErrorCode,
  type SyncRequest
} from '../../../src/swarm/protocol/index.ts'
import { sha256Hex } from '../../../src/swarm/signer.ts'
import type { GossipVerdict } from '../engine/network-types.ts'
import type { Host } from './host.ts'
import { openSimBeat, openSimRecord } from './keys.ts'

const RETRY_MS = 2000
const TELL_MS = 1000

export interface SimLogInit {
  /** Peers that this node has reason to know. */
  readonly knows: (peer: string) => boolean
  /** Whether this node is writing the project now. */
  readonly writes: (projectId: string) => boolean
  /** Nodes that fold the same record into the same view do it once, and quotas are not looked at: for measuring many nodes. Default false. */
  readonly shared?: boolean
  readonly onChange: () => void
  /** Somebody has what this node lacks. */
  readonly onBehind: (peer: string) => void
  /** There is something new that gossip does not say. */
  readonly onNews: (isTold: (peer: string) => boolean) => void
  readonly onTwin: (projectId: string) => void
}

/** A node's records: the real ledger over a simulated disk. */
export class SimLog {
  ledger: Ledger
  readonly beats = new Map<string, { readonly beat: Beat; readonly envelope: Uint8Array }>()
  /** Own records from others are taken as one's own while it is true. */
  recovering = false
  readonly #host: Host
  readonly #init: SimLogInit
  readonly #envelopes = new Map<string, Map<number, Uint8Array>>()
  readonly #proofs = new Map<string, readonly [Uint8Array, Uint8Array]>()
  #tellsSoon = false

  constructor(host: Host, init: SimLogInit) {
    this.#host = host
    this.#init = init
    this.ledger = createLedger(host.id)
  }

  view(projectId: string): ProjectView | undefined {
    return this.ledger.entries.get(projectId)?.view
  }

  *views(): Generator<ProjectView> {
    for (const { view } of this.ledger.entries.values()) yield view
  }

  envelopesOf(projectId: string): ReadonlyMap<number, Uint8Array> {
    return this.#envelopes.get(projectId) ?? new Map<number, Uint8Array>()
  }

  /** From the disk: the database, then the journals of this node's projects, which may have more. */
  load(): void {
    const { level, files } = this.#host.disk
    for (const area of [level, files]) {
      for (const key of area.keys('log/')) {
        const envelope = area.read(key)
        if (envelope == null) continue
        try {
          this.#take(envelope, 'imported')
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
        }
      }
    }
  }

  /** A record from a peer. @param via whom to ask for what is missing; nobody while a neighbour's answer is read. @returns the code it was refused with. */
  ingest(envelope: Uint8Array, via?: string): ProtocolErrorCode | 'taken' {
    if (this.#host.disk.full) return 'too-many'
    try {
      if (envelope.byteLength > LIMITS.envelopeBytesMax) throw new ProtocolError('too-large', '')
      this.#take(envelope, 'received')
      return 'taken'
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#onRefused(error.code, envelope, via)
      return error.code
    }
  }

  ingestBeat(envelope: Uint8Array, via?: string): ProtocolErrorCode | 'taken' {
    try {
      const { beat, signer } = openSimBeat(envelope)
      const view = this.view(beat.projectId)
      if (view == null) throw new ProtocolError('unknown-project', '')
      if (view.owner !== signer) throw new ProtocolError('wrong-signer', '')
      if (!isNewerBeat(this.beats.get(beat.projectId)?.beat, beat)) throw new ProtocolError('stale', '')
      this.beats.set(beat.projectId, { beat, envelope })
      if (beat.seq > view.head.seq) this.#askSoon(via)
      return 'taken'
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (error.code === 'unknown-project') this.#askSoon(via)
      return error.code
    }
  }

  gossipVerdict(code: ProtocolErrorCode | 'taken'): GossipVerdict {
    return code === 'taken' ? 'accept' : GOSSIP_VERDICT[code]
  }

  /** Durable first, then everything else. */
  append(projectId: string, epoch: number, body: LogBody, done: () => void): void {
    const head = this.view(projectId)?.head
    const seq = head == null ? 0 : head.seq + 1
    const envelope = this.#host.key.sign(
      'log',
      encodeLogRecord({ projectId, epoch, seq, prev: head?.hash ?? '', body })
    )
    this.#host.observer.onSigned(this.#host.id, envelope)
    this.#writeJournal(journalKey(projectId, seq), envelope, () => {
      this.#take(envelope, 'written')
      this.publish(projectId, 'log', envelope)
      this.#host.observer.onPublished(this.#host.id, envelope)
      done()
    })
  }

  /** By gossip, or to those who may know of it. */
  publish(projectId: string, topic: 'log' | 'beats', envelope: Uint8Array): void {
    const view = this.view(projectId)
    const { network, observer, id, scope } = this.#host
    if (view == null || view.announce.share === 'all') {
      observer.onGossip(id, projectId)
      network.publish(id, topic, envelope)
    } else if (!this.#tellsSoon) {
      this.#tellsSoon = true
      scope.after(TELL_MS, () => {
        this.#tellsSoon = false
        const closed = [...this.views()].filter(({ announce }) => announce.share !== 'all')
        this.#init.onNews((peer) => closed.some((one) => this.#isTold(peer, one)))
      })
    }
  }

  request(peer: string, news = false): Uint8Array {
    const told = [...this.views()].filter((view) => this.#isTold(peer, view))
    const heads = told.map(({ projectId, head, fork }): Head => ({ projectId, ...head, frozen: fork != null }))
    return encodeSyncRequest({ heads, news })
  }

  answer(peer: string, { heads: theirHeads }: SyncRequest): Uint8Array[] {
    const heads = new Map(theirHeads.map((head) => [head.projectId, head]))
    const replies: Uint8Array[] = []
    for (const view of this.views()) {
      if (!this.#isTold(peer, view)) continue
      const theirs = heads.get(view.projectId)
      const records = [...(this.#envelopes.get(view.projectId) ?? [])]
        .filter(([seq, envelope]) => {
          if (theirs == null || seq > theirs.seq) return true
          // They have another record with this number: they have to see ours.
          return seq === theirs.seq && sha256Hex(envelope) !== theirs.hash
        })
        .map(([, envelope]) => envelope)
      const proof = this.#proofs.get(view.projectId)
      if (proof != null && theirs?.frozen !== true) records.push(...proof)
      const beat = this.beats.get(view.projectId)?.envelope
      for (let at = 0; at < records.length; at += LIMITS.syncRecordsMax)
        replies.push(
          encodeSyncReply({ records: records.slice(at, at + LIMITS.syncRecordsMax), beats: [], titles: [], more: true })
        )
      if (beat != null && view.end == null)
        replies.push(encodeSyncReply({ records: [], beats: [beat], titles: [], more: true }))
    }
    replies.push(encodeSyncReply({ records: [], beats: [], titles: [], more: false }))
    return replies
  }

  /** @returns false while more is to come. */
  takeReply(bytes: Uint8Array): boolean {
    const reply = decodeSyncReply(bytes)
    for (const record of reply.records) this.ingest(record)
    for (const beat of reply.beats) this.ingestBeat(beat)
    return !reply.more
  }

  sweep(): void {
    const { ledger, effects } = sweepLedger(this.ledger, this.#host.scope.wallMs())
    this.ledger = ledger
    for (const effect of effects) this.#perform(effect, new Uint8Array())
    if (effects.length > 0) this.#init.onChange()
  }

  #take(envelope: Uint8Array, how: Arrival['source']): void {
    const signed = openSimRecord(envelope)
    const { projectId, seq } = signed.record
    const stored = this.#envelopes.get(projectId)?.get(seq)
    const isMine = signed.signer === this.#host.id
    const isOwnImport = how === 'received' && isMine && (this.recovering || !this.#init.writes(projectId))
    const arrival: Arrival = {
      signed,
      bytes: envelope.byteLength,
      storedHash: stored == null ? undefined : sha256Hex(stored),
      source: isOwnImport ? 'imported' : how,
      known: this.#init.knows(signed.signer)
    }
    const step = this.#init.shared === true ? takeShared(this.ledger, arrival) : takeRecord(this.ledger, arrival)
    this.ledger = step.ledger
    for (const effect of step.effects) this.#perform(effect, envelope)
    if (isOwnImport) this.#host.disk.files.write(journalKey(projectId, seq), envelope, { sync: true })
    const view = this.view(projectId)
    if (view == null) return
    this.#host.observer.onView(this.#host, view, this.ledger)
    // A receipt changes nothing of who may work; where many nodes are measured nobody looks again for it.
    if (this.#init.shared !== true || signed.record.body.type !== 'accept') this.#init.onChange()
  }

  #perform(effect: LedgerEffect, envelope: Uint8Array): void {
    const { level, files } = this.#host.disk
    const { projectId } = effect
    const known = this.#envelopes.get(projectId) ?? new Map<number, Uint8Array>()
    switch (effect.type) {
      case 'store':
        this.#envelopes.set(projectId, known.set(effect.seq, envelope))
        // Nobody crashes where only speed and size are measured.
        if (this.#init.shared !== true) level.write(journalKey(projectId, effect.seq), envelope, {})
        this.#host.observer.onStored(this.#host.id, envelope)
        break
      case 'prove': {
        const other = known.get(effect.fork.seq)
        if (other == null) break
        this.#proofs.set(projectId, [other, envelope])
        for (const one of [other, envelope]) this.publish(projectId, 'log', one)
        break
      }
      case 'keep-only':
        for (const seq of known.keys()) {
          if (effect.seqs.includes(seq)) continue
          known.delete(seq)
          level.delete(journalKey(projectId, seq), {})
          files.delete(journalKey(projectId, seq), {})
        }
        break
      case 'drop':
        for (const seq of known.keys()) level.delete(journalKey(projectId, seq), {})
        this.#envelopes.delete(projectId)
        this.#host.observer.onDropped(this.#host.id, projectId)
        break
    }
  }

  #isTold(peer: string, view: ProjectView): boolean {
    return isTold(peer, view, () => this.#init.knows(peer))
  }

  #onRefused(code: ProtocolErrorCode, envelope: Uint8Array, via: string | undefined): void {
    if (code === 'gap') this.#askSoon(via)
    if (code === 'fork') this.#askSoon(via)
    if (code === 'twin') this.#init.onTwin(openSimRecord(envelope).record.projectId)
  }

  #askSoon(peer: string | undefined): void {
    if (peer != null) this.#init.onBehind(peer)
  }

  /** A full disk makes the record wait, not go away. */
  #writeJournal(key: string, envelope: Uint8Array, done: () => void): void {
    const { disk, scope } = this.#host
    disk.files.write(key, envelope, { sync: true }, (error) => {
      if (error == null) done()
      else scope.after(RETRY_MS, () => this.#writeJournal(key, envelope, done))
    })
  }
}

/** Steps of the last records: nodes that are at the same point when a record comes get there within a second of each other. */
const STEPS_KEPT = 512
const steps = new Map<string, LedgerEntry>()

/** The same as `takeRecord`; the work is done once for all nodes that stand at the same point. */
function takeShared(ledger: Ledger, arrival: Arrival): LedgerStep {
  const { record, hash } = arrival.signed
  const { projectId, seq } = record
  const key = `${ledger.entries.get(projectId)?.view.head.hash} ${hash}`
  const known = steps.get(key)
  if (known != null) {
    const entries = new Map(ledger.entries).set(projectId, known)
    return { ledger: { ...ledger, entries }, effects: [{ type: 'store', projectId, seq }] }
  }
  const step = takeRecord(ledger, arrival)
  const next = step.ledger.entries.get(projectId)
  if (next != null && step.effects.length === 1 && step.effects[0]?.type === 'store') {
    steps.set(key, next)
    for (const oldest of steps.keys()) {
      if (steps.size <= STEPS_KEPT) break
      steps.delete(oldest)
    }
  }
  return step
}

function journalKey(projectId: string, seq: number): string {
  return `log/${projectId}/${String(seq).padStart(10, '0')}`
}
