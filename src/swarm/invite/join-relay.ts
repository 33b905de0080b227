import { peerIdFromString } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import { decodeJoinRequest, LIMITS, passesOn } from '../protocol/index.ts'
import { createRateLimit } from '../rate-limit.ts'
import { createStreamIO } from '../stream-io.ts'
import type { Stream } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'
import type { Logger } from '../logger.ts'
import type { AnswerJoin } from './join-door.ts'

export const JOIN_PROTOCOL = '/grav1/join/1.0.0'

/** The node that invites holds a question back for 4 s; libp2p gives the connection of the machine that asks 10 s. */
const DEADLINE_MS = 8000
/** Questions that one address range, and all together, may have passed on at once and regain each second. */
const RANGE = { burst: 30, perSecond: 1, peersMax: 1024 }
const ALL = { burst: 200, perSecond: 20 }

export interface JoinRelayComponents {
  readonly node: SwarmNode
  /** Answers questions for this node. */
  readonly answer: AnswerJoin
  /** Peers that are reachable through this node; none where it is no relay. */
  readonly reserved: () => readonly string[]
  readonly log: Logger
}

export interface JoinRelayInit {
  /** For a question that is passed on and its answer. Default 8 s. */
  readonly deadlineMs?: number
}

/** Questions of machines with an invitation, which come to this node or, for one behind a relay, to its relay (ADR 0116). */
export interface JoinRelay {
  /** Takes questions that a relay passes on. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Answers a question for this node, and passes one on that is for a peer behind it. */
  readonly answer: AnswerJoin
}

/** Whom a question is for, by its own word: nothing is checked. Undefined for what is no question. */
function inviterIn(envelope: Uint8Array): string | undefined {
  try {
    return decodeJoinRequest(RecordEnvelope.createFromProtobuf(envelope).payload).request.inviter
  } catch {
    return undefined
  }
}

export function createJoinRelay(components: JoinRelayComponents, init: JoinRelayInit = {}): JoinRelay {
  const { node, answer, reserved, log } = components
  const { deadlineMs = DEADLINE_MS } = init
  const stopped = new AbortController()
  const range = createRateLimit(RANGE)
  const all = createRateLimit(ALL)
  const self = node.peerId.toString()

  const within = (signal?: AbortSignal): AbortSignal =>
    anySignal([stopped.signal, AbortSignal.timeout(deadlineMs), ...(signal === undefined ? [] : [signal])])

  /** Neither reads nor changes what it carries. */
  async function passOn(inviter: string, envelope: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const connection = node.getConnections(peerIdFromString(inviter)).find(({ direct }) => direct)
    if (connection === undefined) throw new Error('the node that invites is not connected')
    const io = createStreamIO(await connection.newStream(JOIN_PROTOCOL, { signal }))
    try {
      await io.writeFrame(envelope, signal)
      const reply = await io.readFrame(LIMITS.joinMessageBytesMax, signal)
      if (reply == null) throw new Error('the node that invites did not answer')
      await io.end(signal)
      return reply
    } catch (error) {
      io.abort(asError(error))
      throw error
    }
  }

  async function take(stream: Stream, relay: string): Promise<void> {
    const io = createStreamIO(stream)
    const signal = within()
    try {
      const envelope = await io.readFrame(LIMITS.joinMessageBytesMax, signal)
      if (envelope == null) throw new Error('the stream ended before a question came')
      await io.writeFrame(await answer(envelope, `relay ${relay}`, signal), signal)
      await io.end(signal)
    } catch (error) {
      log.debug({ peer: relay, err: error }, 'did not answer a question that a relay passed on')
      io.abort(asError(error))
    }
  }

  return {
    start: async () =>
      node.handle(JOIN_PROTOCOL, async (stream, { remotePeer }) => take(stream, remotePeer.toString())),
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(JOIN_PROTOCOL)
    },
    answer: async (envelope, from, signal) => {
      const inviter = inviterIn(envelope)
      // [RULE 82]
      if (inviter === undefined || !passesOn({ inviter, self, reserved: reserved() }))
        return answer(envelope, from, signal)
      if (!range.take(from) || !all.take('')) throw new Error('too many questions to pass on')
      log.debug({ inviter }, 'passes on a question of an invited machine')
      return passOn(inviter, envelope, within(signal))
    }
  }
}
