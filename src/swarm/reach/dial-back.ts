import { multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import { placeOf } from '../doors/place.ts'
import {
  decodeReachReply,
  decodeReachRequest,
  encodeReachReply,
  encodeReachRequest,
  LIMITS,
  portsToDial,
  type ReachReply,
  tcpAddress
} from '../protocol/index.ts'
import { createRateLimit } from '../rate-limit.ts'
import { createStreamIO } from '../stream-io.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'
import type { Logger } from '../logger.ts'

export const REACH_PROTOCOL = '/grav1/reach/1.0.0'

/** A dial to an address that drops packets takes all of it. */
const DIAL_MS = 5000
const DEADLINE_MS = 20_000
/** Dials for peers that are under way at once. */
const DIALS_MAX = 8
/** Questions that peers of one address range, and all together, may put at once and regain each second. */
const RANGE = { burst: 10, perSecond: 1 / 60, peersMax: 1024 }
const ALL = { burst: 60, perSecond: 1 }

export interface DialBackComponents {
  readonly node: SwarmNode
  readonly log: Logger
  /** At which ports a peer is dialled. Default: as the protocol says, at public addresses only. */
  readonly portsAt?: typeof portsToDial
}

export interface DialBackInit {
  /** For each dial. Default 5 s. */
  readonly dialMs?: number
  /** For a question and its answer. Default 20 s. */
  readonly deadlineMs?: number
}

/** Peers ask each other to be dialled: nobody else can say whether a router lets connections in. */
export interface DialBack {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Asks the peer of a direct connection to dial this node. @throws Error where there is no proper answer */
  readonly ask: (connection: Connection, ports: readonly number[]) => Promise<ReachReply>
}

/** The IP address that a direct connection goes to; empty for one through a relay, and for one that was dialled by a host name. */
export const ipOf = ({ direct, remoteAddr }: Connection): string => (direct ? placeOf(remoteAddr).address : '')

export function createDialBack(components: DialBackComponents, init: DialBackInit = {}): DialBack {
  const { node, log, portsAt = portsToDial } = components
  const { dialMs = DIAL_MS, deadlineMs = DEADLINE_MS } = init
  const stopped = new AbortController()
  const range = createRateLimit(RANGE)
  const all = createRateLimit(ALL)
  let dialling = 0

  const within = (ms: number): AbortSignal => anySignal([stopped.signal, AbortSignal.timeout(ms)])

  /** A connection of its own, which is over as soon as it is there. */
  async function isReached(peer: Connection['remotePeer'], address: string): Promise<boolean> {
    try {
      const target = multiaddr(`${address}/p2p/${peer.toString()}`)
      const connection = await node.dial(target, { force: true, signal: within(dialMs) })
      // libp2p joins dials to the same peer: another one may have been faster elsewhere.
      if (!connection.remoteAddr.toString().startsWith(`${address}/p2p/`)) return false
      await connection.close({ signal: within(dialMs) }).catch((error: unknown) => connection.abort(asError(error)))
      return true
    } catch (error) {
      log.debug({ peer: peer.toString(), address, err: error }, 'could not dial a peer that asked for it')
      return false
    }
  }

  async function dialBack(connection: Connection, ports: readonly number[]): Promise<ReachReply> {
    const ip = ipOf(connection)
    const targets = portsAt(ip, ports)
    if (targets.length === 0) return { status: 'unseen' }
    if (dialling >= DIALS_MAX || !range.take(placeOf(connection.remoteAddr).range) || !all.take(''))
      return { status: 'busy' }
    dialling += 1
    try {
      for (const port of targets)
        if (await isReached(connection.remotePeer, tcpAddress(ip, port))) return { status: 'reached', ip, port }
      return { status: 'not-reached' }
    } finally {
      dialling -= 1
    }
  }

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    const io = createStreamIO(stream)
    const signal = within(deadlineMs)
    try {
      const question = await io.readFrame(LIMITS.reachMessageBytesMax, signal)
      if (question == null) throw new Error('the stream ended before a question came')
      await io.writeFrame(encodeReachReply(await dialBack(connection, decodeReachRequest(question))), signal)
      await io.end(signal)
    } catch (error) {
      log.debug({ peer: connection.remotePeer.toString(), err: error }, 'did not dial a peer that asked for it')
      io.abort(asError(error))
    }
  }

  return {
    start: async () => node.handle(REACH_PROTOCOL, answer),
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(REACH_PROTOCOL)
    },
    ask: async (connection, ports) => {
      const signal = within(deadlineMs)
      const io = createStreamIO(await connection.newStream(REACH_PROTOCOL, { signal }))
      try {
        await io.writeFrame(encodeReachRequest(ports), signal)
        const reply = await io.readFrame(LIMITS.reachMessageBytesMax, signal)
        if (reply == null) throw new Error('the stream ended before an answer came')
        const decoded = decodeReachReply(reply)
        await io.end(signal)
        return decoded
      } catch (error) {
        io.abort(asError(error))
        throw error
      }
    }
  }
}
