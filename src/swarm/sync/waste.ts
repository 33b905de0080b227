import { WASTE } from '../doors/door-limits.ts'
import { FAULTS, type ProtocolErrorCode } from '../protocol/index.ts'
import { createRateLimit, NEIGHBOURS_MAX } from '../rate-limit.ts'

/** What neighbours give that this node does not take: it costs time and memory, and brings nothing. */
export interface Waste {
  /** A record or beat was refused. @returns false when its neighbour has given too much of the kind */
  note: (peer: string, bytes: number, code: ProtocolErrorCode) => boolean
  /** A new connection asks for an exchange. @returns false when there were too many */
  mayPull: (peer: string) => boolean
}

export interface WasteInit {
  /** Default `WASTE`. */
  readonly limits?: { readonly [Limit in keyof typeof WASTE]: number }
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

export function createWaste({ limits = WASTE, nowMs = () => performance.now() }: WasteInit = {}): Waste {
  const rate = (burst: number, perSecond: number) =>
    createRateLimit({ burst, perSecond, peersMax: NEIGHBOURS_MAX, nowMs })
  const refused = rate(limits.refusedBurst, limits.refusedPerSecond)
  const unneeded = rate(limits.unneededBurst, limits.unneededPerSecond)
  const pulls = rate(limits.pullsBurst, limits.pullsPerSecond)
  return {
    note: (peer, bytes, code) => (FAULTS.has(code) ? refused : unneeded).take(peer, bytes),
    mayPull: (peer) => pulls.take(peer)
  }
}
