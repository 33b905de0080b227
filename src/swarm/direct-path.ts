import { peerIdFromString } from '@libp2p/peer-id'
import { anySignal } from '../common/any-signal.ts'
import { bestConnection } from './open-stream.ts'
import type { Connection, IdentifyResult, PeerId, PeerUpdate } from '@libp2p/interface'
import type { SwarmNode } from './libp2p.ts'
import type { Logger } from './logger.ts'

export interface DirectPathComponents {
  readonly node: SwarmNode
  readonly log: Logger
  /** Makes a direct connection where neither side can be dialled. Default: nothing does. @returns whether there is one now */
  readonly punch?: (relayed: Connection) => Promise<boolean>
}

export interface DirectPathInit {
  /** How often peers behind a relay are tried again. Default five minutes. */
  readonly retryMs?: number
}

/** Replaces connections through relays by direct ones. */
export interface DirectPath {
  readonly start: () => void
  readonly stop: () => void
}

const RETRY_MS = 5 * 60_000
const DIAL_MS = 10_000
/** Peers that are tried at once. */
const TRIES_MAX = 16

/**
 * Dials the direct addresses of each peer that is connected through a relay only: as soon as it says them, and then every few minutes. Both sides do so; where one of them can be
 * reached, that takes the relay out of the way (ADR 0115). Where neither can, both dial at the same moment (ADR 0162).
 */
export function createDirectPath({ node, log, punch }: DirectPathComponents, init: DirectPathInit = {}): DirectPath {
  const stopped = new AbortController()
  const trying = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const isRelayedOnly = (peer: PeerId): boolean => bestConnection(node, peer)?.direct === false

  async function addressesOf(peer: PeerId) {
    const { addresses } = await node.peerStore.get(peer)
    return addresses.map(({ multiaddr }) => multiaddr).filter((one) => !one.toString().includes('/p2p-circuit'))
  }

  async function attempt(peer: PeerId): Promise<void> {
    const key = peer.toString()
    if (stopped.signal.aborted || trying.has(key) || trying.size >= TRIES_MAX || !isRelayedOnly(peer)) return
    trying.add(key)
    try {
      await dial(peer)
      const best = bestConnection(node, peer)
      if (best?.direct === false) await punch?.(best)
      await leaveRelays(peer)
    } catch (error) {
      log.debug({ peer: key, err: error }, 'a relayed connection was not closed')
    } finally {
      trying.delete(key)
    }
  }

  async function dial(peer: PeerId): Promise<void> {
    const key = peer.toString()
    try {
      const addresses = await addressesOf(peer)
      if (addresses.length === 0) return
      const named = addresses.map((one) => (one.toString().includes('/p2p/') ? one : one.encapsulate(`/p2p/${key}`)))
      const signal = anySignal([stopped.signal, AbortSignal.timeout(DIAL_MS)])
      await node.dial(named, { signal })
    } catch (error) {
      log.debug({ peer: key, err: error }, 'no direct way to a peer behind a relay')
    }
  }

  /** What runs over a relay is opened again on the direct connection. */
  async function leaveRelays(peer: PeerId): Promise<void> {
    if (isRelayedOnly(peer)) return
    log.debug({ peer: peer.toString() }, 'a direct connection takes the place of a relayed one')
    const relayed = node.getConnections(peer).filter(({ direct }) => !direct)
    for (const connection of relayed) await connection.close({ signal: AbortSignal.timeout(DIAL_MS) })
  }

  const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => void attempt(detail.peerId)
  const onUpdate = ({ detail }: CustomEvent<PeerUpdate>): void => void attempt(detail.peer.id)
  const tryAll = (): void => {
    for (const peer of new Set(node.getPeers().map(String))) void attempt(peerIdFromString(peer))
  }

  return {
    start: () => {
      node.addEventListener('peer:identify', onIdentify)
      node.addEventListener('peer:update', onUpdate)
      timer = setInterval(tryAll, init.retryMs ?? RETRY_MS)
      timer.unref()
    },
    stop: () => {
      stopped.abort(new Error('stopping'))
      clearInterval(timer)
      node.removeEventListener('peer:identify', onIdentify)
      node.removeEventListener('peer:update', onUpdate)
    }
  }
}
