export interface PeerCounterInit {
  readonly perPeerMax: number
  readonly allMax: number
}

/** Counts what runs for each peer and in all. */
export interface PeerCounter {
  /** @returns what to call when it is over; undefined when the limit is reached. */
  enter: (peer: string) => (() => void) | undefined
}

export function createPeerCounter({ perPeerMax, allMax }: PeerCounterInit): PeerCounter {
  const running = new Map<string, number>()
  let all = 0
  return {
    enter: (peer) => {
      const mine = running.get(peer) ?? 0
      if (mine >= perPeerMax || all >= allMax) return undefined
      running.set(peer, mine + 1)
      all += 1
      return () => {
        const left = (running.get(peer) ?? 1) - 1
        if (left === 0) running.delete(peer)
        else running.set(peer, left)
        all -= 1
      }
    }
  }
}
