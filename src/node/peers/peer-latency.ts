import type { Connection, PeerId } from '@libp2p/interface'
import { anySignal } from '../../common/any-signal.ts'
import type { SwarmNode } from '../../swarm/index.ts'

const DEADLINE_MS = 5_000
/** Pings under way at once; a peer above that is measured by the connection monitor, within 30 s. */
const PINGS_MAX = 16

/** Round trips to peers: one ping when a peer comes, after that what the connection monitor of libp2p measures every 30 s. */
export interface PeerLatency {
  /** A peer was just connected. */
  measure: (peer: PeerId) => void
  /** Milliseconds; undefined while nothing was measured. */
  of: (peer: string, connections: readonly Connection[]) => number | undefined
  stop: () => void
}

export function createPeerLatency(node: Pick<SwarmNode, 'services' | 'getConnections'>): PeerLatency {
  const first = new Map<string, number>()
  const stopped = new AbortController()
  let underWay = 0

  async function ping(peer: PeerId): Promise<void> {
    underWay += 1
    try {
      const signal = anySignal([stopped.signal, AbortSignal.timeout(DEADLINE_MS)])
      const ms = await node.services.ping.ping(peer, { signal })
      if (node.getConnections(peer).length > 0) first.set(peer.toString(), ms)
      for (const known of first.keys()) if (first.size > node.getConnections().length) first.delete(known)
    } finally {
      underWay -= 1
    }
  }

  return {
    measure: (peer) => {
      // A peer that does not answer shows as not measured.
      if (underWay < PINGS_MAX && !stopped.signal.aborted) ping(peer).catch(() => {})
    },
    of: (peer, connections) => {
      const monitored = connections.flatMap(({ rtt }) => rtt ?? [])
      return monitored.length > 0 ? Math.min(...monitored) : first.get(peer)
    },
    stop: () => stopped.abort(new Error('stopping'))
  }
}
