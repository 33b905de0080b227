import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import {
  CIRCUIT,
  decodeHopRequest,
  decodeStopStatus,
  encodeHopReserved,
  encodeHopStatus,
  encodeStopConnect,
  type CircuitLimit
} from '../protocol/index.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import { readCircuitFrame, writeCircuitFrame } from './circuit-frames.ts'
import { createOpenCircuits } from './open-circuits.ts'
import { createRelayBudget, pairOf, type RelayBudget, type RelayShare } from './relay-budget.ts'
import { RELAY } from './relay-limits.ts'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'
import type { Logger } from '../logger.ts'

export interface RelayServerComponents {
  readonly node: SwarmNode
  readonly log: Logger
  /** Whether a peer may be reachable through this node. */
  readonly mayReserve: (peer: string) => boolean
}

export interface RelayServerInit {
  /** Peers that may be reachable through this node at once. */
  readonly peersMax: number
  /** Bytes that two peers may send each other within an hour; 0 allows control messages and no films. */
  readonly bytesPerHour: number
}

/** Carries connections between peers that cannot reach each other: libp2p's circuit relay v2, with backpressure, and budgets for each pair of peers (ADR 0114). */
export interface RelayServer {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Peers that are reachable through this node. */
  readonly reserved: () => readonly string[]
}

/** One connection that is being carried. */
interface Circuit {
  readonly pair: string
  readonly share: RelayShare
}

const isRelayed = ({ remoteAddr }: Connection): boolean => remoteAddr.toString().includes('/p2p-circuit')

/** A stream that holds its sender back while the other side is slower. */
const carrier = (stream: Stream): StreamIO => createStreamIO(stream, { highWaterBytes: RELAY.waitingBytes })

async function refuse(io: StreamIO, status: number, signal: AbortSignal): Promise<void> {
  await writeCircuitFrame(io, encodeHopStatus(status), signal)
  await io.end(signal)
}

/** What both ends are told; without a limit, libp2p lets every protocol use the connection. */
const limitOf = (budget: RelayBudget, { pair, share }: Circuit): CircuitLimit | undefined =>
  share === 'all' ? undefined : { seconds: RELAY.windowMs / 1000, bytes: budget.controlLeft(pair) }

export function createRelayServer(components: RelayServerComponents, init: RelayServerInit): RelayServer {
  const { node, log, mayReserve } = components
  const budget = createRelayBudget({ bytes: init.bytesPerHour })
  const open = createOpenCircuits(RELAY)
  /** Until when each is reachable, by the clock of `performance`. */
  const reserved = new Map<string, number>()
  const stopped = new AbortController()

  const isReserved = (peer: string): boolean => (reserved.get(peer) ?? 0) > performance.now()

  function mayEnter(peer: string): boolean {
    for (const one of reserved.keys()) if (!isReserved(one)) reserved.delete(one)
    return reserved.has(peer) || reserved.size < init.peersMax
  }

  async function reserve(peer: string, io: StreamIO, signal: AbortSignal): Promise<void> {
    if (!mayReserve(peer)) return refuse(io, CIRCUIT.denied, signal)
    if (!mayEnter(peer)) return refuse(io, CIRCUIT.full, signal)
    reserved.set(peer, performance.now() + RELAY.reservationMs)
    const addresses = node.getMultiaddrs().filter((one) => !one.toString().includes('/p2p-circuit'))
    const expiresSeconds = Math.round((Date.now() + RELAY.reservationMs) / 1000)
    const answer = encodeHopReserved({ expiresSeconds, addresses: addresses.map(({ bytes }) => bytes) })
    await writeCircuitFrame(io, answer, signal)
    await io.end(signal)
    log.debug({ peer }, 'a peer is reachable through this node')
  }

  /** @returns the stream to the peer that is called; undefined where it does not take the call */
  async function ring(caller: PeerId, target: Connection, limit: CircuitLimit | undefined, signal: AbortSignal) {
    const stream = await target.newStream(RELAY_V2_STOP_CODEC, { signal, maxOutboundStreams: RELAY.openPerPeer })
    const io = carrier(stream)
    try {
      await writeCircuitFrame(io, encodeStopConnect(caller.toMultihash().bytes, limit), signal)
      if (decodeStopStatus(await readCircuitFrame(io, signal))) return io
      await io.end(signal)
      return undefined
    } catch (error) {
      io.abort(asError(error))
      throw error
    }
  }

  /** The newest first: who came again may have lost the way of the older ones. */
  async function ringAny(
    caller: PeerId,
    ways: readonly Connection[],
    limit: CircuitLimit | undefined,
    signal: AbortSignal
  ) {
    for (const way of ways.toSorted((one, other) => other.timeline.open - one.timeline.open)) {
      const far = await ring(caller, way, limit, signal).catch(() => undefined)
      if (far !== undefined || signal.aborted) return far
    }
    return undefined
  }

  async function connect(caller: PeerId, id: Uint8Array, io: StreamIO, signal: AbortSignal): Promise<void> {
    const target = peerIdFromMultihash(Digest.decode(id))
    const ways = node.getConnections(target).filter((one) => !isRelayed(one) && one.status === 'open')
    if (ways.length === 0 || !isReserved(target.toString())) return refuse(io, CIRCUIT.noReservation, signal)
    const pair = pairOf(caller.toString(), target.toString())
    const share = budget.shareOf(pair)
    const leave = share == null ? undefined : open.enter(caller.toString(), target.toString())
    if (share == null || leave == null) return refuse(io, CIRCUIT.full, signal)
    try {
      const limit = limitOf(budget, { pair, share })
      const far = await ringAny(caller, ways, limit, signal)
      if (far == null) return await refuse(io, CIRCUIT.failed, signal)
      await writeCircuitFrame(io, encodeHopStatus(CIRCUIT.ok, limit), signal)
      log.debug({ from: caller.toString(), to: target.toString(), share }, 'carries a connection')
      return await carry(io, far, { pair, share })
    } finally {
      leave()
    }
  }

  async function carry(near: StreamIO, far: StreamIO, circuit: Circuit): Promise<void> {
    const end = circuit.share === 'all' ? [] : [AbortSignal.timeout(RELAY.windowMs)]
    const signal = anySignal([stopped.signal, ...end])
    try {
      await Promise.all([pump(near, far, circuit, signal), pump(far, near, circuit, signal)])
    } catch (error) {
      for (const side of [near, far]) side.abort(asError(error))
    }
  }

  async function pump(from: StreamIO, to: StreamIO, { pair, share }: Circuit, signal: AbortSignal): Promise<void> {
    for await (const bytes of from.body(Infinity, signal)) {
      if (!budget.take(pair, share, bytes.byteLength)) throw new Error('the hour of this pair is used up')
      await to.write(bytes, signal)
    }
    await to.end(signal)
  }

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    const io = carrier(stream)
    const signal = anySignal([stopped.signal, AbortSignal.timeout(RELAY.handshakeMs)])
    try {
      const request = decodeHopRequest(await readCircuitFrame(io, signal))
      const peer = connection.remotePeer
      // A relay behind a relay would carry everything twice.
      if (isRelayed(connection)) await refuse(io, CIRCUIT.denied, signal)
      else if (request.type === 'reserve') await reserve(peer.toString(), io, signal)
      else await connect(peer, request.peer, io, signal)
    } catch (error) {
      log.debug({ peer: connection.remotePeer.toString(), err: error }, 'could not serve as a relay')
      io.abort(asError(error))
    }
  }

  const onDisconnect = (event: CustomEvent<PeerId>): void => void reserved.delete(event.detail.toString())

  return {
    reserved: () => [...reserved.keys()].filter(isReserved),
    start: async () => {
      node.addEventListener('peer:disconnect', onDisconnect)
      await node.handle(RELAY_V2_HOP_CODEC, answer)
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      node.removeEventListener('peer:disconnect', onDisconnect)
      await node.unhandle(RELAY_V2_HOP_CODEC)
    }
  }
}
