import { monotonicMs } from '../../common/clock.ts'
import { createListeners } from '../../common/listeners.ts'
import type { PeerIdle } from '../idle/peer-idle.ts'
import { bestPath } from './peer-path.ts'
import { LIMITS, relayOf, type NodeInfo, type PeerClass } from '../../swarm/protocol/index.ts'
import type { Connection } from '@libp2p/interface'
import type { PeerStatus } from '../../api/schemas/index.ts'
import type { SwarmNode } from '../../swarm/index.ts'
import type { KeptPeer } from './kept-peers.ts'
import type { Standings } from './standings.ts'

/** What this node has seen of a peer's work. */
export type PeerWork = Pick<PeerStatus, 'trust' | 'fps' | 'scenesDone' | 'scenesRefused'>

export interface PeerTableComponents {
  readonly node: Pick<SwarmNode, 'getConnections'>
  readonly workOf: (peer: string) => PeerWork
  readonly classOf: (peer: string) => PeerClass
  readonly standings: Pick<Standings, 'list'>
  /** Milliseconds to a peer and back; undefined while it was not measured. */
  readonly latencyOf: (peer: string, connections: readonly Connection[]) => number | undefined
  /** Made once for each list. */
  readonly idleOf: () => PeerIdle
}

/** What other nodes said of themselves, and who is connected. */
export interface PeerTable {
  set: (peer: string, info: NodeInfo) => void
  list: () => PeerStatus[]
  /** Other nodes that are connected or were heard of lately. */
  count: () => number
  /** Calls back when a peer says for the first time what it is. @returns a function that ends it */
  readonly onNamed: (listener: () => void) => () => void
}

interface Entry {
  readonly info: NodeInfo
  readonly atMs: number
  /** The same as a time of day. */
  readonly atWallMs: number
}

/** What one list is made with. */
interface Listing {
  readonly kept: ReadonlyMap<string, KeptPeer>
  readonly nowMs: number
  readonly idle: PeerIdle
}

/** A peer that is not connected and not heard of for this long is forgotten. */
const FORGET_MS = 10 * 60_000
/** Nodes tell of themselves every ten seconds at most: finer would be news each second of every peer that is gone. */
const HEARD_STEP_MS = 10_000

/** How a peer is reached, and through whom. */
function wayTo(connections: readonly Connection[]): Pick<PeerStatus, 'path' | 'relay'> {
  const path = bestPath(connections.map(({ remoteAddr }) => remoteAddr))
  if (path !== 'relayed') return { path }
  const [relay] = connections.flatMap(({ remoteAddr }) => relayOf(remoteAddr.toString()) ?? [])
  return relay === undefined ? { path } : { path, relay }
}

export function createPeerTable(components: PeerTableComponents): PeerTable {
  const { node, workOf, classOf, standings, latencyOf, idleOf } = components
  const entries = new Map<string, Entry>()
  const named = createListeners<void>()

  function peerStatusOf(
    peerId: string,
    connections: readonly Connection[],
    { kept, nowMs, idle }: Listing
  ): PeerStatus {
    const entry = entries.get(peerId)
    const decided = kept.get(peerId)
    const connected = connections.length > 0
    const { encoders = [], awayMs, ...info }: Partial<NodeInfo> = entry?.info ?? {}
    return {
      name: decided?.name ?? '',
      version: '',
      slots: 0,
      busy: 0,
      health: 'ok',
      paused: false,
      ...info,
      ...(entry == null || awayMs === undefined ? {} : { asleepUntilMs: Math.round(entry.atWallMs + awayMs) }),
      peerId,
      connected,
      addresses: connections.map(({ remoteAddr }) => remoteAddr.toString()),
      encoders: [...encoders],
      // A peer that has not described itself yet is not known to be idle.
      idle: entry == null ? [] : idle(peerId, entry.info, connected),
      ...wayTo(connections),
      inbound: connections.some(({ direction }) => direction === 'inbound'),
      latencyMs: latencyOf(peerId, connections) ?? null,
      class: classOf(peerId),
      standing: decided?.standing ?? null,
      ...workOf(peerId),
      heardSecondsAgo: connected ? 0 : entry == null ? null : Math.floor((nowMs - entry.atMs) / HEARD_STEP_MS) * 10
    }
  }

  /** Forgets who is neither connected nor heard of. */
  function connectionsNow(nowMs: number): ReadonlyMap<string, readonly Connection[]> {
    const connections = Map.groupBy(node.getConnections(), ({ remotePeer }) => remotePeer.toString())
    for (const [peer, entry] of entries)
      if (!connections.has(peer) && nowMs - entry.atMs > FORGET_MS) entries.delete(peer)
    return connections
  }

  return {
    onNamed: named.add,
    count: () => new Set([...connectionsNow(monotonicMs()).keys(), ...entries.keys()]).size,
    set: (peer, info) => {
      if (entries.size >= LIMITS.projectsMax && !entries.has(peer)) return
      const isNamed = entries.has(peer)
      entries.set(peer, { info, atMs: monotonicMs(), atWallMs: Date.now() })
      if (!isNamed) named.tell()
    },
    list: () => {
      const nowMs = monotonicMs()
      const connections = connectionsNow(nowMs)
      const kept = new Map(standings.list().map((one) => [one.peerId, one]))
      const listing = { kept, nowMs, idle: idleOf() }
      return [...new Set([...entries.keys(), ...connections.keys(), ...kept.keys()])].map((peerId) =>
        peerStatusOf(peerId, connections.get(peerId) ?? [], listing)
      )
    }
  }
}
