/** Where a log ends. */
interface KnownHead {
  readonly seq: number
  readonly hash: string
}

/** A log that has changed: it ends earlier, is gone (`foundSeq` undefined), or has another last record. */
export interface LostRecords {
  readonly projectId: string
  readonly notedSeq: number
  readonly foundSeq: number | undefined
}

/** Compares the known ends of logs with the database. A longer log is no loss: the file may be a second behind. */
export function missingSince(
  noted: ReadonlyMap<string, KnownHead>,
  found: ReadonlyMap<string, KnownHead>
): LostRecords[] {
  const lost: LostRecords[] = []
  for (const [projectId, { seq, hash }] of noted) {
    const head = found.get(projectId)
    const isWhole = head != null && (head.seq > seq || (head.seq === seq && head.hash === hash))
    if (!isWhole) lost.push({ projectId, notedSeq: seq, foundSeq: head?.seq })
  }
  return lost
}
