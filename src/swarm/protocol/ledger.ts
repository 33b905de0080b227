import { ProtocolError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { foldRecord, type Fork, type ProjectView, type SignedRecord } from './view.ts'

/** A project in the ledger. */
export interface LedgerEntry {
  readonly view: ProjectView
  /** Of all its records. */
  readonly bytes: number
  /** The owner is one that this node knows: it gets more room. */
  readonly known: boolean
}

/** Every project that a node has records of; the shell keeps the records themselves. */
export interface Ledger {
  /** Peer id of this node. */
  readonly self: string
  readonly entries: ReadonlyMap<string, LedgerEntry>
}

/** A record that came in or was written, with what the shell found out about it. */
export interface Arrival {
  readonly signed: SignedRecord
  /** Length of its envelope. */
  readonly bytes: number
  /** Hash of the record that this node holds under the same number, if any. */
  readonly storedHash: string | undefined
  /** `written`: by this node, now. `imported`: from its own disk, or its own record from a peer for a project that it does not write (yet). `received`: from a peer. */
  readonly source: 'written' | 'imported' | 'received'
  /** Whether this node knows the owner. */
  readonly known: boolean
}

/** What the shell must do with its store before it tells anybody. */
export type LedgerEffect =
  | { readonly type: 'store'; readonly projectId: string; readonly seq: number }
  /** Keep this record beside the one that is stored, as proof. */
  | { readonly type: 'prove'; readonly projectId: string; readonly fork: Fork }
  /** Forget all records but these. */
  | { readonly type: 'keep-only'; readonly projectId: string; readonly seqs: readonly number[] }
  | { readonly type: 'drop'; readonly projectId: string }

export interface LedgerStep {
  readonly ledger: Ledger
  readonly effects: readonly LedgerEffect[]
}

export function createLedger(self: string): Ledger {
  return { self, entries: new Map() }
}

/**
 * Accepts the next record of a project.
 * @throws ProtocolError with the reason why not.
 */
export function takeRecord(ledger: Ledger, arrival: Arrival): LedgerStep {
  const { signed, bytes, source } = arrival
  const { projectId, seq } = signed.record
  const entry = ledger.entries.get(projectId)
  const fork = entry == null ? undefined : findFork(entry.view, arrival)
  if (entry != null && fork != null) {
    const frozen = { ...entry, view: { ...entry.view, fork }, bytes: entry.bytes + bytes }
    return { ledger: withEntry(ledger, projectId, frozen), effects: [{ type: 'prove', projectId, fork }] }
  }
  // [RULE 19] A record that continues a project which this node is writing, signed with its key but not by it, comes from a twin: a copied data folder, or worse.
  const isMine = entry != null && entry.view.owner === ledger.self && entry.view.end == null
  if (source === 'received' && isMine && signed.signer === ledger.self && seq > entry.view.head.seq)
    throw new ProtocolError('twin', 'signed with the key of this node, but not by this node')
  const view = foldRecord(entry?.view, signed)
  const next: LedgerEntry = { view, bytes: (entry?.bytes ?? 0) + bytes, known: arrival.known }
  if (source === 'received') checkRoom(ledger, next, entry)
  const isTombstone = view.end?.state === 'removed'
  const taken = withEntry(ledger, projectId, isTombstone ? { ...next, bytes: tombstoneBytes(next, bytes) } : next)
  const effects: LedgerEffect[] = [{ type: 'store', projectId, seq }]
  if (!isTombstone) return { ledger: taken, effects }
  effects.push({ type: 'keep-only', projectId, seqs: [0, seq] })
  return dropOldTombstones(taken, view.owner, effects)
}

/** With a project whose records were folded before and whose view was kept. */
export function withKept(ledger: Ledger, entry: LedgerEntry): Ledger {
  return withEntry(ledger, entry.view.projectId, entry)
}

/** [RULE 18] Two different records of one owner with one number are kept as proof, and the project is frozen: nothing is added to it any more. */
function findFork(view: ProjectView, { signed, storedHash }: Arrival): Fork | undefined {
  const { record, signer, hash, derivedProjectId } = signed
  // An announcement under a wrong id does not count as one.
  if (record.body.type === 'announce' && derivedProjectId !== record.projectId) return undefined
  if (view.fork != null || view.end?.state === 'removed' || signer !== view.owner) return undefined
  if (record.seq > view.head.seq || storedHash == null || storedHash === hash) return undefined
  return { seq: record.seq, hashes: storedHash < hash ? [storedHash, hash] : [hash, storedHash] }
}

/** Ended projects of others that have been kept long enough, and removed ones of every owner. @param wallMs time of day. */
export function sweepLedger(ledger: Ledger, wallMs: number): LedgerStep {
  const old = [...ledger.entries.values()].filter(({ view }) => {
    const isOver = view.end != null && view.end.endedAtMs + LIMITS.endedKeepMs < wallMs
    return isOver && (view.owner !== ledger.self || view.end.state === 'removed')
  })
  return drop(
    ledger,
    old.map(({ view }) => view.projectId),
    []
  )
}

/** [RULE 20] The node limits what others make it keep: for each owner, in total, and more tightly for unknown owners. */
function checkRoom(ledger: Ledger, next: LedgerEntry, before: LedgerEntry | undefined): void {
  const { owner } = next.view
  if (owner === ledger.self) return
  // A removal makes room, so there must always be room for it.
  if (next.view.end?.state === 'removed') return
  const use = { all: 0, allBytes: 0, own: 0, ownBytes: 0, strange: 0, strangeBytes: 0 }
  for (const { view, bytes, known } of ledger.entries.values()) {
    if (view.owner === ledger.self) continue
    const counts = view.end?.state === 'removed' ? 0 : 1
    use.all += counts
    use.allBytes += bytes
    if (view.owner === owner) {
      use.own += counts
      use.ownBytes += bytes
    }
    if (!known) {
      use.strange += counts
      use.strangeBytes += bytes
    }
  }
  const isNew = before == null
  const added = next.bytes - (before?.bytes ?? 0)
  const isFull =
    (isNew && (use.all >= LIMITS.projectsMax || use.own >= LIMITS.projectsPerOwnerMax)) ||
    use.allBytes + added > LIMITS.logBytesMax ||
    use.ownBytes + added > LIMITS.logBytesPerOwnerMax
  const isStrangeFull =
    (isNew && (use.strange >= LIMITS.strangersProjectsMax || use.own >= LIMITS.strangerProjectsMax)) ||
    use.strangeBytes + added > LIMITS.strangersLogBytesMax ||
    use.ownBytes + added > LIMITS.strangerLogBytesMax
  if (isFull || (!next.known && isStrangeFull))
    throw new ProtocolError('too-many', 'no room for more records of this owner')
}

function tombstoneBytes(entry: LedgerEntry, endBytes: number): number {
  return endBytes + entry.view.announce.encoderParams.length + entry.view.announce.title.length + 512
}

function dropOldTombstones(ledger: Ledger, owner: string, effects: readonly LedgerEffect[]): LedgerStep {
  const removed = [...ledger.entries.values()].filter(
    ({ view }) => view.owner === owner && view.end?.state === 'removed'
  )
  const old = removed
    .toSorted((a, b) => (a.view.end?.endedAtMs ?? 0) - (b.view.end?.endedAtMs ?? 0))
    .slice(0, Math.max(0, removed.length - LIMITS.tombstonesPerOwnerMax))
  return drop(
    ledger,
    old.map(({ view }) => view.projectId),
    effects
  )
}

function drop(ledger: Ledger, projectIds: readonly string[], before: readonly LedgerEffect[]): LedgerStep {
  if (projectIds.length === 0) return { ledger, effects: before }
  const entries = new Map(ledger.entries)
  for (const projectId of projectIds) entries.delete(projectId)
  const effects = projectIds.map((projectId): LedgerEffect => ({ type: 'drop', projectId }))
  return { ledger: { ...ledger, entries }, effects: [...before, ...effects] }
}

function withEntry(ledger: Ledger, projectId: string, entry: LedgerEntry): Ledger {
  return { ...ledger, entries: new Map(ledger.entries).set(projectId, entry) }
}
