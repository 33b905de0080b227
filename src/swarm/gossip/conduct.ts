import { CONDUCT } from '../doors/door-limits.ts'
import { createRateLimit, NEIGHBOURS_MAX } from '../rate-limit.ts'

/** How each neighbour behaves: a peer that passes on what nobody can take, or more than a swarm says, is silenced until its faults have faded. */
export interface Conduct {
  /** A message came. @returns false when it is one too many */
  noteMessage: (peer: string) => boolean
  /** A message was refused. */
  noteFault: (peer: string) => void
  isSilenced: (peer: string) => boolean
}

export interface ConductInit {
  /** Default `CONDUCT`. */
  readonly limits?: { readonly [Limit in keyof typeof CONDUCT]: number }
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

export function createConduct({ limits = CONDUCT, nowMs = () => performance.now() }: ConductInit = {}): Conduct {
  const messages = createRateLimit({
    burst: limits.messagesBurst,
    perSecond: limits.messagesPerSecond,
    peersMax: NEIGHBOURS_MAX,
    nowMs
  })
  const faults = createRateLimit({
    burst: limits.faultsMax,
    perSecond: limits.faultsPerSecond,
    peersMax: NEIGHBOURS_MAX,
    nowMs
  })
  /** Until when. */
  const silenced = new Map<string, number>()

  function noteFault(peer: string): void {
    if (faults.take(peer)) return
    silenced.delete(peer)
    silenced.set(peer, nowMs() + (limits.faultsMax / limits.faultsPerSecond) * 1000)
    for (const known of silenced.keys()) if (silenced.size > NEIGHBOURS_MAX) silenced.delete(known)
  }

  return {
    noteFault,
    noteMessage: (peer) => {
      if (messages.take(peer)) return true
      noteFault(peer)
      return false
    },
    isSilenced: (peer) => {
      const until = silenced.get(peer)
      if (until == null || nowMs() < until) return until != null
      silenced.delete(peer)
      return false
    }
  }
}
