import type { OwnJournal, Patiently } from './ports.ts'

export interface OwnLogComponents {
  readonly journal: OwnJournal
  readonly patiently: Patiently
  /** Records that the store holds, from a number up to before another. */
  readonly stored: (projectId: string, fromSeq: number, toSeq: number) => Promise<Uint8Array[]>
}

/** The journals of this node's projects, each without a gap: missing records are copied from the store before new ones are written. */
export interface OwnLog {
  /** What was found at the start: the journal holds all records before `next`. */
  holds: (projectId: string, next: number) => void
  /** Durable when it resolves; waits while there is no space. */
  write: (projectId: string, seq: number, envelope: Uint8Array) => Promise<void>
  /** Writes the records before `seq` that the journal lacks. */
  fill: (projectId: string, seq: number) => Promise<void>
  forget: (projectId: string) => Promise<void>
}

export function createOwnLog({ journal, patiently, stored }: OwnLogComponents): OwnLog {
  const nexts = new Map<string, number>()

  async function fill(projectId: string, seq: number): Promise<void> {
    let next = nexts.get(projectId) ?? 0
    if (next >= seq) return
    for (const envelope of await stored(projectId, next, seq)) {
      await patiently(async () => journal.append(projectId, envelope))
      next += 1
      nexts.set(projectId, next)
    }
  }

  return {
    holds: (projectId, next) => void nexts.set(projectId, next),
    fill,
    write: async (projectId, seq, envelope) => {
      await fill(projectId, seq)
      await patiently(async () => journal.append(projectId, envelope))
      nexts.set(projectId, seq + 1)
    },
    forget: async (projectId) => {
      nexts.delete(projectId)
      await journal.delete(projectId)
    }
  }
}
