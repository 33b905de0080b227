export interface RequestRateInit {
  readonly perSecond: number
  /** So many at once after a pause. */
  readonly burst: number
  /** Peers that are remembered; peer ids cost nothing, so a stranger could make up any number. */
  readonly peersMax: number
  /** A monotonic clock in milliseconds. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** A token bucket for each peer. */
export interface RequestRate {
  /** Takes one token; false when there is none. */
  allows: (peer: string) => boolean
}

interface Bucket {
  tokens: number
  atMs: number
}

export function createRequestRate(init: RequestRateInit): RequestRate {
  const nowMs = init.nowMs ?? (() => performance.now())
  // In the order of last use, so that the first is the one to forget.
  const buckets = new Map<string, Bucket>()
  return {
    allows: (peer) => {
      const atMs = nowMs()
      const known = buckets.get(peer)
      const refilled = known == null ? init.burst : known.tokens + ((atMs - known.atMs) * init.perSecond) / 1000
      const tokens = Math.min(init.burst, refilled)
      buckets.delete(peer)
      buckets.set(peer, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs })
      const oldest = buckets.keys().next().value
      if (buckets.size > init.peersMax && oldest != null) buckets.delete(oldest)
      return tokens >= 1
    }
  }
}
