import { setTimeout as delay } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import { CONTROL } from '../open-stream.ts'
import {
  beginsPunch,
  decodePunchAddress,
  encodePunchAddress,
  LIMITS,
  type PunchAddress,
  punchTarget
} from '../protocol/index.ts'
import { createRateLimit, NEIGHBOURS_MAX } from '../rate-limit.ts'
import { createStreamIO } from '../stream-io.ts'
import { findWayOut, type WayOut } from './way-out.ts'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'
import type { Logger } from '../logger.ts'

export const PUNCH_PROTOCOL = '/grav1/punch/1.0.0'

/** For all of it, and for one dial of it: the first packet of a connection is sent again after 1 s and 3 s. */
const PUNCH_MS = 25_000
const DIAL_MS = 5000
const DIALS_MAX = 4
/** Where a router answers packets that nobody waits for, a dial fails at once. */
const PAUSE_MS = 200
/** Tries with one peer at once, and how many it regains each second; tries of all peers that are under way. */
const PEER = { burst: 2, perSecond: 1 / 120, peersMax: NEIGHBOURS_MAX }
const UNDER_WAY_MAX = 4

export interface HolePunchComponents {
  readonly node: SwarmNode
  /** Whether a peer has the right `address`: its word about one counts. */
  readonly mayBelieve: (peer: string) => boolean
  readonly log: Logger
  /** Default: asks a peer outside. */
  readonly wayOut?: typeof findWayOut
  /** Where a peer is dialled that is seen there. Default: as the protocol says, at public addresses only. */
  readonly targetOf?: typeof punchTarget
}

/** Makes direct connections between two machines behind routers that both show one port to everybody. */
export interface HolePunch {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Tries it with the peer of a relayed connection, where it is the turn of this side to begin. @returns whether there is a direct connection now */
  readonly punch: (relayed: Connection) => Promise<boolean>
}

export function createHolePunch(components: HolePunchComponents): HolePunch {
  const { node, mayBelieve, log, wayOut = findWayOut, targetOf = punchTarget } = components
  const stopped = new AbortController()
  const rate = createRateLimit(PEER)
  let underWay = 0

  /** Takes a place for one try. @throws Error where there is none */
  async function once<T>(peer: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!mayBelieve(peer)) throw new Error('its word about an address does not count')
    if (underWay >= UNDER_WAY_MAX || !rate.take(peer)) throw new Error('tried too often')
    underWay += 1
    try {
      return await work(anySignal([stopped.signal, AbortSignal.timeout(PUNCH_MS)]))
    } finally {
      underWay -= 1
    }
  }

  /** Dials while the other side does so: each router takes the packets of the other one for answers. */
  async function through(peer: PeerId, from: WayOut, to: PunchAddress, initiator: boolean, signal: AbortSignal) {
    const target = targetOf(to)
    if (target === undefined) throw new Error('the address is none to dial')
    const address = multiaddr(`${target}/p2p/${peer.toString()}`)
    for (let dials = 1; ; dials += 1)
      try {
        const within = anySignal([signal, AbortSignal.timeout(DIAL_MS)])
        await node.services.portDialer.dial(address, { localPort: from.localPort, initiator, signal: within })
        log.info({ peer: peer.toString() }, 'a direct connection to a peer behind another router')
        return
      } catch (error) {
        signal.throwIfAborted()
        if (dials === DIALS_MAX) throw error
        await delay(PAUSE_MS, undefined, { signal })
      }
  }

  async function answer(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const io = createStreamIO(stream)
    try {
      await once(remotePeer.toString(), async (signal) => {
        const question = await io.readFrame(LIMITS.punchMessageBytesMax, signal)
        if (question == null) throw new Error('the stream ended before an address came')
        const to = decodePunchAddress(question)
        const from = await wayOut(node, mayBelieve, signal)
        try {
          await io.writeFrame(encodePunchAddress(from.outside), signal)
          await io.end(signal)
          await through(remotePeer, from, to, false, signal)
        } finally {
          await from.close()
        }
      })
    } catch (error) {
      log.debug({ peer: remotePeer.toString(), err: error }, 'no hole was punched for a peer')
      io.abort(asError(error))
    }
  }

  async function ask(relayed: Connection, outside: PunchAddress, signal: AbortSignal): Promise<PunchAddress> {
    const io = createStreamIO(await relayed.newStream(PUNCH_PROTOCOL, { ...CONTROL, signal }))
    try {
      await io.writeFrame(encodePunchAddress(outside), signal)
      const reply = await io.readFrame(LIMITS.punchMessageBytesMax, signal)
      if (reply == null) throw new Error('the stream ended before an address came')
      const address = decodePunchAddress(reply)
      await io.end(signal)
      return address
    } catch (error) {
      io.abort(asError(error))
      throw error
    }
  }

  return {
    start: async () => node.handle(PUNCH_PROTOCOL, answer, CONTROL),
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(PUNCH_PROTOCOL)
    },
    punch: async (relayed) => {
      const peer = relayed.remotePeer
      if (!beginsPunch(node.peerId.toString(), peer.toString())) return false
      try {
        await once(peer.toString(), async (signal) => {
          const from = await wayOut(node, mayBelieve, signal)
          try {
            await through(peer, from, await ask(relayed, from.outside, signal), true, signal)
          } finally {
            await from.close()
          }
        })
        return true
      } catch (error) {
        log.debug({ peer: peer.toString(), err: error }, 'no hole was punched to a peer')
        return false
      }
    }
  }
}
