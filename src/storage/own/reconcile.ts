import type { LogRepository, OwnStore } from '../ports.ts'

export interface ReconcileComponents {
  readonly own: Pick<OwnStore, 'all' | 'append' | 'records'>
  readonly log: Pick<LogRepository, 'append' | 'range'>
}

const ALL = { recordsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER }

/**
 * Puts back into the database what it lost of own logs. Before they are folded. The n-th record of a journal is the one with seq n.
 * @returns the number of records written, by project; projects that had everything are not in it.
 */
export async function restoreOwnLogs({ own, log }: ReconcileComponents): Promise<ReadonlyMap<string, number>> {
  const restored = new Map<string, number>()
  for (const { projectId } of await own.all()) {
    const journal = await own.records(projectId)
    const stored = await log.range(projectId, 0, ALL)
    const same = journal.findIndex((record, seq) => !isSame(record, stored[seq]))
    if (same === -1) continue
    // From the first difference on: behind a hole the database's records have moved up in the answer.
    for (const [seq, record] of journal.entries())
      if (seq >= same) await log.append(projectId, seq, record, { durable: false })
    restored.set(projectId, journal.length - same)
  }
  return restored
}

/**
 * Adds to a journal the records that only the database has: after its own damage, or when the swarm gave them back. After folding, so that
 * the database's log is known to be one chain of `records` records.
 * @returns the number of records added.
 */
export async function completeJournal(
  { own, log }: Pick<ReconcileComponents, 'log'> & { readonly own: Pick<OwnStore, 'append' | 'records'> },
  projectId: string,
  records: number
): Promise<number> {
  const there = (await own.records(projectId)).length
  if (there >= records) return 0
  const missing = await log.range(projectId, there, { ...ALL, recordsMax: records - there })
  for (const envelope of missing) await own.append(projectId, envelope)
  return missing.length
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other != null && Buffer.compare(one, other) === 0
}
