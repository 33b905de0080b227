import { monotonicMs } from '../../common/clock.ts'
import {
  noteTrust,
  proofShareOf,
  standingOf,
  type ProofQuestion,
  type Standing,
  type Timing,
  type TrustEvent,
  type TrustLedger
} from '../../swarm/protocol/index.ts'

export interface TrustBook {
  note: (worker: string, what: TrustEvent['what']) => void
  standingOf: (worker: string) => {
    readonly standing: Standing
    readonly barredUntilMs: number
    /** Trusted whatever it did. */
    readonly known: boolean
  }
  /** Results of the worker that were refused. */
  refusedOf: (worker: string) => number
  /** Draws whether this result of the worker is encoded again without any suspicion. */
  drawProof: (question: Omit<ProofQuestion, 'isKnown'>) => boolean
}

export interface TrustBookInit {
  readonly timing: Timing
  /** Trusted whatever it did before. */
  readonly isKnown: (peer: string) => boolean
}

/** What this node has seen of its workers, over all its projects, since it was started. */
export function createTrustBook({ timing, isKnown }: TrustBookInit): TrustBook {
  let ledger: TrustLedger = new Map()
  return {
    note: (worker, what) => {
      ledger = noteTrust(ledger, { worker, what, nowMs: monotonicMs() }, timing, isKnown(worker))
    },
    standingOf: (worker) => ({ ...standingOf(ledger, worker, isKnown(worker)), known: isKnown(worker) }),
    refusedOf: (worker) => ledger.get(worker)?.refused ?? 0,
    drawProof: (question) => Math.random() < proofShareOf(ledger, { ...question, isKnown: isKnown(question.worker) })
  }
}
