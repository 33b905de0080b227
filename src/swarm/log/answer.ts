import { sha256Hex } from '../signer.ts'
import { LIMITS, type Head, type ProjectView, type SyncReply } from '../protocol/index.ts'

export interface AnswerComponents {
  readonly views: ReadonlyMap<string, ProjectView>
  readonly range: (projectId: string, fromSeq: number, recordsMax: number) => Promise<readonly Uint8Array[]>
  readonly proofOf: (projectId: string) => readonly Uint8Array[] | undefined
  readonly beatOf: (projectId: string) => Uint8Array | undefined
  /** Time of day in milliseconds. */
  readonly wallMs: () => number
  /** Whether the asker may know of a project. */
  readonly isTold: (view: ProjectView) => boolean
}

/** The records that a neighbour with these heads lacks, in answers of bounded size. Projects that ended long ago are not offered. */
export async function* answerHeads(
  { views, range, proofOf, beatOf, wallMs, isTold }: AnswerComponents,
  heads: readonly Head[]
): AsyncGenerator<SyncReply> {
  const known = new Map(heads.map((head) => [head.projectId, head]))
  for (const view of views.values()) {
    if (view.end != null && view.end.endedAtMs + LIMITS.endedKeepMs < wallMs()) continue
    if (!isTold(view)) continue
    const head = known.get(view.projectId)
    // A frozen project accepts only its removal.
    if (head?.frozen === true && view.end?.state !== 'removed') continue
    let from = head == null ? 0 : head.seq + ((await isSame(view, head, range)) ? 1 : 0)
    while (from <= view.head.seq) {
      const records = await range(view.projectId, from, LIMITS.syncRecordsMax)
      if (records.length === 0) break
      yield { records, beats: [], titles: [], more: true }
      from += records.length
    }
    const proof = proofOf(view.projectId)
    if (proof != null) yield { records: proof, beats: [], titles: [], more: true }
    const beat = beatOf(view.projectId)
    if (beat != null && view.end == null) yield { records: [], beats: [beat], titles: [], more: true }
  }
  yield { records: [], beats: [], titles: [], more: false }
}

/** Whether the asker's last record is the same as here: if not, this node shows its own, which proves the fork. */
async function isSame(view: ProjectView, head: Head, range: AnswerComponents['range']): Promise<boolean> {
  if (head.seq > view.head.seq) return true
  if (head.seq === view.head.seq) return head.hash === view.head.hash
  const [there] = await range(view.projectId, head.seq, 1)
  // Only the first and last record of a removed project are left.
  if (there == null || view.end?.state === 'removed') return true
  return sha256Hex(there) === head.hash
}
