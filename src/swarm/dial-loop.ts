import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../common/any-signal.ts'
import { CONNECTIONS } from './doors/door-limits.ts'
import type { SwarmNode } from './libp2p.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Logger } from './logger.ts'

export interface DialLoopComponents {
  readonly node: SwarmNode
  readonly log: Logger
}

export interface DialLoopInit {
  /** Dialled until connected, again whenever the connection is lost, forever. */
  readonly bootstrap: readonly string[]
  /** First pause after a failed dial; doubles up to `pauseMsMax`. Default 500. */
  readonly pauseMs?: number
  /** Default 30,000. */
  readonly pauseMsMax?: number
}

/** Keeps this node connected: libp2p itself never dials again. */
export interface DialLoop {
  start: () => void
  stop: () => void
  /** Dial this peer soon (again): it was seen, or it holds something that is needed. */
  want: (peerId: string) => void
}

interface Target {
  readonly key: string
  readonly dial: (signal: AbortSignal) => Promise<Connection>
  /** Of an address without a peer id: who answered there last. */
  peer: string | undefined
  readonly forever: boolean
  failures: number
  timer: NodeJS.Timeout | undefined
  dialling: boolean
}

const FAILURES_MAX = 5
const DIAL_TIMEOUT_MS = 15_000

export function createDialLoop({ node, log }: DialLoopComponents, init: DialLoopInit): DialLoop {
  const pauseMs = init.pauseMs ?? 500
  const pauseMsMax = init.pauseMsMax ?? 30_000
  const targets = new Map<string, Target>()
  const stopped = new AbortController()

  const isConnected = (target: Target): boolean =>
    target.peer == null
      ? false
      : node.getConnections().some((connection) => connection.remotePeer.toString() === target.peer)

  function schedule(target: Target, delayMs: number): void {
    if (stopped.signal.aborted || target.dialling || isConnected(target)) return
    clearTimeout(target.timer)
    target.timer = setTimeout(() => void attempt(target), delayMs)
    target.timer.unref()
  }

  async function attempt(target: Target): Promise<void> {
    if (isConnected(target) || stopped.signal.aborted) return
    target.dialling = true
    try {
      const connection = await target.dial(anySignal([stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]))
      target.peer = connection.remotePeer.toString()
      target.failures = 0
    } catch (error) {
      target.failures += 1
      log.debug({ peer: target.key, failures: target.failures, err: error }, 'dial failed')
    } finally {
      target.dialling = false
    }
    if (target.failures === 0) {
      // Nobody schedules for what is being dialled: a connection that broke meanwhile, or was going when the dial found it, would be missed.
      if (!isConnected(target)) schedule(target, pauseMs)
      return
    }
    if (!target.forever && target.failures >= FAILURES_MAX) targets.delete(target.key)
    else schedule(target, Math.min(pauseMsMax, pauseMs * 2 ** (target.failures - 1)) * (0.8 + 0.4 * Math.random()))
  }

  /** Anybody on a local network can make up peers: one that does not answer has to go for the next. */
  function makeRoom(): boolean {
    if (targets.size < CONNECTIONS.dialledMax) return true
    for (const target of targets.values()) {
      if (target.forever || target.failures === 0 || target.dialling || isConnected(target)) continue
      clearTimeout(target.timer)
      return targets.delete(target.key)
    }
    return false
  }

  function wantPeer(peerId: PeerId): void {
    const peer = peerId.toString()
    if (peer === node.peerId.toString()) return
    let target = targets.get(peer)
    if (target == null) {
      if (!makeRoom()) return
      target = {
        key: peer,
        peer,
        forever: false,
        failures: 0,
        timer: undefined,
        dialling: false,
        dial: async (signal) => node.dial(peerId, { signal })
      }
      targets.set(peer, target)
    }
    schedule(target, 0)
  }

  const onDiscovery = (event: CustomEvent<{ id: PeerId }>): void => wantPeer(event.detail.id)
  const onDisconnect = (event: CustomEvent<PeerId>): void => {
    const peer = event.detail.toString()
    for (const target of targets.values()) {
      if (target.peer !== peer) continue
      target.failures = 0
      schedule(target, pauseMs)
    }
  }

  return {
    start: () => {
      for (const [key, { peer, addresses }] of byPeer(init.bootstrap)) {
        if (peer === node.peerId.toString()) continue
        targets.set(key, {
          key,
          peer,
          forever: true,
          failures: 0,
          timer: undefined,
          dialling: false,
          dial: async (signal) => node.dial(addresses, { signal })
        })
      }
      node.addEventListener('peer:discovery', onDiscovery)
      node.addEventListener('peer:disconnect', onDisconnect)
      for (const target of targets.values()) schedule(target, 0)
      void node.peerStore.all().then(
        (peers) => peers.forEach((peer) => wantPeer(peer.id)),
        (error: unknown) => log.warn({ err: error }, 'cannot read the known peers')
      )
    },
    stop: () => {
      stopped.abort(new Error('stopping'))
      node.removeEventListener('peer:discovery', onDiscovery)
      node.removeEventListener('peer:disconnect', onDisconnect)
      for (const target of targets.values()) clearTimeout(target.timer)
    },
    want: (peerId) => wantPeer(peerIdFromString(peerId))
  }
}

/** One target for each peer, with all addresses that were given for it. */
function byPeer(
  bootstrap: readonly string[]
): Map<string, { readonly peer: string | undefined; readonly addresses: Multiaddr[] }> {
  const targets = new Map<string, { readonly peer: string | undefined; readonly addresses: Multiaddr[] }>()
  for (const address of bootstrap) {
    const parsed = multiaddr(address)
    const peer = parsed.getComponents().findLast((part) => part.name === 'p2p')?.value
    const key = peer ?? address
    const target = targets.get(key) ?? { peer, addresses: [] }
    target.addresses.push(parsed)
    targets.set(key, target)
  }
  return targets
}
