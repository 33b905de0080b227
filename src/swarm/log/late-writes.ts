import type { Logger } from '../logger.ts'
import type { LogStore, Patiently } from './ports.ts'

export interface LateWritesComponents {
  readonly store: Pick<LogStore, 'append'>
  readonly patiently: Patiently
  readonly log: Logger
}

/** Writes of own records. They are in the journal already, so a record counts even if the store cannot write it now; it is stored as soon as possible. */
export interface LateWrites {
  /** Resolves when the record is stored, or kept for later. */
  write: (projectId: string, seq: number, envelope: Uint8Array, options: { readonly durable: boolean }) => Promise<void>
  /** Records of a project that the store lacks, from a number on, in order. */
  from: (projectId: string, seq: number) => readonly Uint8Array[]
  forget: (projectId: string) => void
}

interface Late {
  readonly seq: number
  readonly envelope: Uint8Array
}

export function createLateWrites({ store, patiently, log }: LateWritesComponents): LateWrites {
  const waiting = new Map<string, Late[]>()
  const running = new Set<string>()

  async function catchUp(projectId: string): Promise<void> {
    if (running.has(projectId)) return
    running.add(projectId)
    try {
      for (let [next] = waiting.get(projectId) ?? []; next != null; [next] = waiting.get(projectId) ?? []) {
        const { seq, envelope } = next
        await patiently(async () => store.append(projectId, seq, envelope, { durable: false }))
        const left = waiting.get(projectId)
        if (left?.[0] === next) left.shift()
      }
      waiting.delete(projectId)
      log.info({ projectId }, 'delayed own records are in the database now')
    } catch (error) {
      // The records stay in the journal; the next record or the next start retries.
      log.error({ projectId, err: error }, 'could not put own records into the database')
    } finally {
      running.delete(projectId)
    }
  }

  return {
    write: async (projectId, seq, envelope, options) => {
      const late = waiting.get(projectId)
      if (late == null) {
        try {
          await store.append(projectId, seq, envelope, options)
          return
        } catch (error) {
          log.warn({ projectId, seq, err: error }, 'an own record is in the journal; the database gets it later')
          waiting.set(projectId, [{ seq, envelope }])
        }
      } else late.push({ seq, envelope })
      void catchUp(projectId)
    },
    from: (projectId, seq) =>
      (waiting.get(projectId) ?? []).filter((late) => late.seq >= seq).map(({ envelope }) => envelope),
    forget: (projectId) => void waiting.delete(projectId)
  }
}
