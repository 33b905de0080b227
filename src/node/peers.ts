import { monotonicMs } from './clock.ts'
import { LIMITS, type NodeInfo } from '../swarm/protocol/index.ts'
import type { PeerStatus } from '../api/schemas/index.ts'
import type { SwarmNode } from '../swarm/index.ts'

/** What other nodes said of themselves, and who is connected. */
export interface PeerTable {
  set: (peer: string, info: NodeInfo) => void
  list: () => PeerStatus[]
}

interface Entry {
  readonly info: NodeInfo
  readonly atMs: number
}

/** Not heard of for so long and not connected: forgotten. */
const FORGET_MS = 10 * 60_000

export function createPeerTable(node: SwarmNode): PeerTable {
  const entries = new Map<string, Entry>()
  return {
    set: (peer, info) => {
      if (entries.size >= LIMITS.projectsMax && !entries.has(peer)) return
      entries.set(peer, { info, atMs: monotonicMs() })
    },
    list: () => {
      const connections = new Map<string, string[]>()
      for (const connection of node.getConnections()) {
        const peer = connection.remotePeer.toString()
        connections.set(peer, [...(connections.get(peer) ?? []), connection.remoteAddr.toString()])
      }
      for (const [peer, entry] of entries)
        if (!connections.has(peer) && monotonicMs() - entry.atMs > FORGET_MS) entries.delete(peer)
      return [...new Set([...entries.keys(), ...connections.keys()])].map((peerId) => {
        const info = entries.get(peerId)?.info
        const addresses = connections.get(peerId) ?? []
        return {
          peerId,
          name: info?.name ?? '',
          version: info?.version ?? '',
          connected: addresses.length > 0,
          addresses,
          slots: info?.slots ?? 0,
          busy: info?.busy ?? 0,
          encoders: [...(info?.encoders ?? [])],
          health: info?.health ?? 'ok'
        }
      })
    }
  }
}
