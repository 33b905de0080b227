import { monotonicMs } from '../../common/clock.ts'
import {
  ledgerOf,
  noteTrust,
  quarantineOf,
  standingOf,
  type Moment,
  type ProofDraw,
  type Standing,
  type Timing,
  type TrustEvent,
  type TrustLedger
} from '../../swarm/protocol/index.ts'
import type { Standings } from './standings.ts'

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
  /** Draws for the rule that says whether a result of the worker is proved without any suspicion. @param share that the user wants proved, 0 to 1 */
  draw: (worker: string, share: number) => ProofDraw
}

export interface TrustBookComponents {
  readonly standings: Pick<Standings, 'quarantine' | 'keepQuarantine' | 'onChange'>
}

export interface TrustBookInit {
  readonly timing: Timing
  /** Trusted whatever it did before. */
  readonly isKnown: (peer: string) => boolean
}

const thisMoment = (): Moment => ({ nowMs: monotonicMs(), wallMs: Date.now() })

/** What this node has seen of its workers, over all its projects: bad results since ever, everything else since it was started. */
export function createTrustBook({ standings }: TrustBookComponents, { timing, isKnown }: TrustBookInit): TrustBook {
  let ledger: TrustLedger = ledgerOf(standings.quarantine, thisMoment(), timing)
  const keep = (): void => standings.keepQuarantine(quarantineOf(ledger, thisMoment()))

  standings.onChange(({ peer, standing }) => {
    if (standing !== undefined || !ledger.has(peer)) return
    ledger = new Map([...ledger].filter(([other]) => other !== peer))
    keep()
  })

  return {
    note: (worker, what) => {
      const strikes = ledger.get(worker)?.strikes ?? 0
      ledger = noteTrust(ledger, { worker, what, nowMs: monotonicMs() }, timing, isKnown(worker))
      if (ledger.get(worker)?.strikes !== strikes) keep()
    },
    standingOf: (worker) => ({ ...standingOf(ledger, worker, isKnown(worker)), known: isKnown(worker) }),
    refusedOf: (worker) => ledger.get(worker)?.refused ?? 0,
    draw: (worker, share) => ({ ledger, isKnown: isKnown(worker), share, luck: Math.random() })
  }
}
