import { decoding, invalid } from './codec-checks.ts'
import * as wire from './wire/messages.js'

/** Numbers of the specification of libp2p's circuit relay, version 2. */
export const CIRCUIT = {
  ok: 100,
  full: 200,
  denied: 202,
  failed: 203,
  noReservation: 204,
  malformed: 400
} as const

/** A peer id has 40 bytes, an address at most some hundred: no honest message is longer. */
export const CIRCUIT_BYTES_MAX = 4096

const RESERVE = 0
const CONNECT = 1
const STATUS = 2
const STOP_CONNECT = 0

/** What a peer asks a relay for: to be reachable through it, or a way to another peer, whose id is given as a multihash. */
export type HopRequest = { readonly type: 'reserve' } | { readonly type: 'connect'; readonly peer: Uint8Array }

/** What a connection through a relay may carry; a connection with a limit carries no films. */
export interface CircuitLimit {
  readonly seconds: number
  readonly bytes: number
}

/** What a relay promises a peer that wants to be reachable. */
export interface Reservation {
  /** Unix time. */
  readonly expiresSeconds: number
  /** Addresses of the relay, in binary form. */
  readonly addresses: readonly Uint8Array[]
}

/** @throws ProtocolError */
export function decodeHopRequest(payload: Uint8Array): HopRequest {
  const { type, peer } = decoding(payload, CIRCUIT_BYTES_MAX, (bytes) => wire.CircuitHop.decode(bytes))
  if (type === RESERVE) return { type: 'reserve' }
  if (type === CONNECT && peer != null && peer.id.byteLength > 0) return { type: 'connect', peer: peer.id }
  return invalid('no request to a relay')
}

const limitField = (limit: CircuitLimit | undefined) =>
  limit == null ? {} : { limit: { duration: limit.seconds, data: limit.bytes } }

export const encodeHopReserved = ({ expiresSeconds, addresses }: Reservation): Uint8Array =>
  wire.CircuitHop.encode({
    type: STATUS,
    status: CIRCUIT.ok,
    reservation: { expire: expiresSeconds, addrs: addresses.map((one) => new Uint8Array(one)) }
  })

export const encodeHopStatus = (status: number, limit?: CircuitLimit): Uint8Array =>
  wire.CircuitHop.encode({ type: STATUS, status, ...limitField(limit) })

/** @param peer who calls, as a multihash */
export const encodeStopConnect = (peer: Uint8Array, limit?: CircuitLimit): Uint8Array =>
  wire.CircuitStop.encode({ type: STOP_CONNECT, peer: { id: new Uint8Array(peer) }, ...limitField(limit) })

/** Whether the peer that is called takes the call. @throws ProtocolError */
export const decodeStopStatus = (payload: Uint8Array): boolean =>
  decoding(payload, CIRCUIT_BYTES_MAX, (bytes) => wire.CircuitStop.decode(bytes)).status === CIRCUIT.ok
