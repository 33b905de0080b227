import { ProtocolError, type ProjectView } from '../protocol/index.ts'
import { openRecord, type OpenedRecord } from './open-record.ts'
import type { Logger } from '../logger.ts'
import type { OwnLog } from './own-log.ts'
import type { LogStore, OwnJournal } from './ports.ts'

export interface LoadComponents {
  readonly store: LogStore
  readonly journal: OwnJournal
  readonly ownLog: OwnLog
  readonly log: Logger
  readonly self: string
  /** By the rules of the ledger. @throws ProtocolError */
  readonly take: (opened: OpenedRecord, storedHash: string | undefined, isStored: boolean) => Promise<void>
  readonly views: ReadonlyMap<string, ProjectView>
  /** By project, a number up to which its records are in its view already. */
  readonly known: ReadonlyMap<string, number>
}

/** Store first, then the journals of this node's projects, then the proofs of forks. @returns how many records were left out. */
export async function loadLogs(components: LoadComponents): Promise<number> {
  const { store, journal, self, take, views, known, ownLog } = components
  let dropped = 0
  /** Of this node's projects, by number. */
  const hashes = new Map<string, Map<number, string>>()

  async function tryTake(
    opened: OpenedRecord,
    storedHash: string | undefined,
    isStored: boolean
  ): Promise<'taken' | 'known' | 'left-out'> {
    try {
      await take(opened, storedHash, isStored)
      return 'taken'
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return error.code === 'stale' ? 'known' : 'left-out'
    }
  }

  for await (const { envelope } of store.all(known)) {
    const opened = await openRecord(envelope).catch(() => undefined)
    if (opened == null || (await tryTake(opened, undefined, true)) !== 'taken') dropped += 1
    else noteHash(hashes, opened, self)
  }
  for (const projectId of await ownIds(components)) {
    const knownSeq = known.get(projectId)
    if (knownSeq !== undefined) {
      ownLog.holds(projectId, knownSeq + 1)
      continue
    }
    const inJournal = new Set<number>()
    for (const envelope of await journal.records(projectId)) {
      const opened = await openRecord(envelope).catch(() => undefined)
      const seq = opened?.signed.record.seq
      const storedHash = hashes.get(projectId)?.get(seq ?? -1)
      if (opened == null || (await tryTake(opened, storedHash, false)) === 'left-out') dropped += 1
      else {
        inJournal.add(opened.signed.record.seq)
        if (storedHash == null) noteHash(hashes, opened, self)
      }
    }
    await fillJournal(components, projectId, inJournal)
  }
  for (const { projectId, first, second } of await store.proofs()) {
    for (const envelope of [first, second]) {
      const opened = await openRecord(envelope)
      const { seq, hash } = views.get(projectId)?.head ?? { seq: -1, hash: undefined }
      const at = opened.signed.record.seq
      const [stored] = at === seq ? [] : await store.range(projectId, at, { recordsMax: 1, bytesMax: 1 })
      const storedHash = at === seq ? hash : stored == null ? undefined : (await openRecord(stored)).signed.hash
      await tryTake(opened, storedHash, true)
    }
  }
  return dropped
}

function noteHash(hashes: Map<string, Map<number, string>>, { signed }: OpenedRecord, self: string): void {
  if (signed.signer !== self) return
  const { projectId, seq } = signed.record
  const known = hashes.get(projectId) ?? new Map<number, string>()
  hashes.set(projectId, known.set(seq, signed.hash))
}

async function ownIds({ journal, views, self }: LoadComponents): Promise<Set<string>> {
  const own = [...views.values()].filter((view) => view.owner === self).map((view) => view.projectId)
  return new Set([...own, ...(await journal.projects())])
}

/** A lost or shortened journal is completed from the store; if there is no room now, before the next record. */
async function fillJournal(
  { ownLog, views, log }: LoadComponents,
  projectId: string,
  inJournal: ReadonlySet<number>
): Promise<void> {
  const view = views.get(projectId)
  // Only the announcement and the removal remain of a removed project; its journal is about to be deleted.
  if (view == null || view.end?.state === 'removed') return
  let next = 0
  while (inJournal.has(next)) next += 1
  ownLog.holds(projectId, next)
  if (next <= view.head.seq)
    await ownLog
      .fill(projectId, view.head.seq + 1)
      .catch((error: unknown) => log.warn({ projectId, err: error }, 'the journal of an own project is behind'))
}
