import { LIMITS, type Timing } from './limits.ts'
import type { Standing } from './owner-types.ts'

/** What an owner has seen of a peer's work. It is local: the owner tells nobody, and believes nobody else's. */
export interface PeerTrust {
  /** Results accepted and refused. */
  readonly accepted: number
  readonly refused: number
  /** Leases that broke their hard limit or stalled. */
  readonly missed: number
  /** Accepted since the last bad result. */
  readonly inARow: number
  /** Bad results: each bars the peer four times as long as the one before. */
  readonly strikes: number
  readonly barredUntilMs: number
}

export type TrustLedger = ReadonlyMap<string, PeerTrust>

export interface TrustEvent {
  readonly worker: string
  readonly what: 'accepted' | 'refused' | 'missed'
  readonly nowMs: number
}

const NOTHING: PeerTrust = { accepted: 0, refused: 0, missed: 0, inARow: 0, strikes: 0, barredUntilMs: 0 }

/**
 * [RULE 47] A bad result bars its worker, four times as long each time. A missed deadline bars only a stranger: a sleeping machine or a broken cable is not a lie.
 * @param isKnown the peer is trusted, whatever it did before.
 */
export function noteTrust(
  ledger: TrustLedger,
  { worker, what, nowMs }: TrustEvent,
  timing: Timing,
  isKnown: boolean
): TrustLedger {
  const before = ledger.get(worker) ?? NOTHING
  const room = ledger.size < LIMITS.workersMax ? ledger : withoutHarmless(ledger, nowMs)
  const counted = { ...before, [what]: before[what] + 1 }
  if (what === 'accepted') return new Map(room).set(worker, { ...counted, inARow: before.inARow + 1 })
  if (what === 'missed' && (isKnown || before.inARow > 0)) return new Map(room).set(worker, counted)
  const barMs = Math.min(timing.barredMsMax, timing.barredMs * 4 ** before.strikes)
  const barred = { inARow: 0, strikes: before.strikes + 1, barredUntilMs: nowMs + barMs }
  return new Map(room).set(worker, { ...counted, ...barred })
}

/** A worker that had a result accepted since its last bad one is trusted like known ones. */
export function standingOf(
  ledger: TrustLedger,
  worker: string,
  isKnown: boolean
): { readonly standing: Standing; readonly barredUntilMs: number } {
  const { inARow, barredUntilMs } = ledger.get(worker) ?? NOTHING
  return { standing: isKnown || inARow > 0 ? 'trusted' : 'stranger', barredUntilMs }
}

/** The share of results that an owner proves where the user names none. */
export const PROOF_SHARE = 0.03

export interface ProofQuestion {
  readonly worker: string
  /** The owner has a reason to know the worker. */
  readonly isKnown: boolean
  /** The project has no proved result of the worker yet. */
  readonly isFirst: boolean
  /** The share that the user wants proved, 0 to 1; with 0 those that the owner knows are trusted blindly. */
  readonly share: number
}

/**
 * [RULE 46] How probably an owner encodes a result again and compares the bytes, without any suspicion: the first of each worker in each project, then the share that the user wants.
 * Of a peer that it does not know, or that was caught, it is also 1 in n + 1 after n in a row that were accepted, and never less than 3 %.
 * @returns 0 to 1
 */
export function proofShareOf(ledger: TrustLedger, { worker, isKnown, isFirst, share }: ProofQuestion): number {
  const { strikes, inARow } = ledger.get(worker) ?? NOTHING
  if (isKnown && strikes === 0) return isFirst && share > 0 ? 1 : share
  return isFirst ? 1 : Math.max(PROOF_SHARE, share, 1 / (inARow + 1))
}

/** What outlives the node: a peer that delivered bad results. */
export interface Quarantined {
  readonly peerId: string
  readonly strikes: number
  readonly refused: number
  /** Time of day in milliseconds. */
  readonly barredUntilMs: number
}

/** The same moment by the ledger's clock and by the time of day. */
export interface Moment {
  readonly nowMs: number
  readonly wallMs: number
}

/** Everybody with a strike, for the next start; the longest known are left out above the limit. */
export const quarantineOf = (ledger: TrustLedger, { nowMs, wallMs }: Moment): Quarantined[] =>
  [...ledger]
    .filter(([, { strikes }]) => strikes > 0)
    .slice(-LIMITS.workersMax)
    .map(([peerId, { strikes, refused, barredUntilMs }]) => ({
      peerId,
      strikes,
      refused,
      barredUntilMs: Math.max(0, Math.round(wallMs + barredUntilMs - nowMs))
    }))

/** [RULE 47] A restart does not end a bar. Nobody is barred for longer than a bar can be, whatever the clock did meanwhile. */
export function ledgerOf(quarantine: readonly Quarantined[], { nowMs, wallMs }: Moment, timing: Timing): TrustLedger {
  return new Map(
    quarantine.map(({ peerId, strikes, refused, barredUntilMs }) => {
      const leftMs = Math.min(timing.barredMsMax, Math.max(0, barredUntilMs - wallMs))
      return [peerId, { ...NOTHING, strikes, refused, barredUntilMs: leftMs > 0 ? nowMs + leftMs : 0 }]
    })
  )
}

/** Peers about which nothing needs to be remembered: never accepted, not barred now. */
function withoutHarmless(ledger: TrustLedger, nowMs: number): TrustLedger {
  return new Map([...ledger].filter(([, trust]) => trust.inARow > 0 || trust.barredUntilMs > nowMs))
}
