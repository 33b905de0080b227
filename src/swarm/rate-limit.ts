/** A token bucket for each peer. */
export interface RateLimit {
  /** @returns false when the peer has used up its allowance; the cost (default 1) is then not taken. */
  take: (peer: string, cost?: number) => boolean
}

export interface RateLimitInit {
  /** How many a peer may send at once. */
  readonly burst: number
  /** How many it regains each second, up to `burst`. */
  readonly perSecond: number
  /** Limit of remembered peers; peer ids cost nothing, so a stranger could make up any number. Default: all that are not back at `burst`. */
  readonly peersMax?: number
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** A limit of remembered peers for what every neighbour does: more than a node has connections. */
export const NEIGHBOURS_MAX = 1024

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

export function createRateLimit({
  burst,
  perSecond,
  peersMax = Infinity,
  nowMs = () => performance.now()
}: RateLimitInit): RateLimit {
  const buckets = new Map<string, Bucket>()

  const level = ({ tokens, atMs }: Bucket, now: number): number =>
    Math.min(burst, tokens + ((now - atMs) / 1000) * perSecond)

  /** A full bucket holds no more information than a missing one. The least recently used comes first. */
  function forget(now: number): void {
    for (const [peer, bucket] of buckets) {
      if (level(bucket, now) < burst && buckets.size <= peersMax) return
      buckets.delete(peer)
    }
  }

  return {
    take: (peer, cost = 1) => {
      const now = nowMs()
      const tokens = level(buckets.get(peer) ?? { tokens: burst, atMs: now }, now)
      const granted = tokens >= cost
      buckets.delete(peer)
      buckets.set(peer, { tokens: granted ? tokens - cost : tokens, atMs: now })
      forget(now)
      return granted
    }
  }
}
