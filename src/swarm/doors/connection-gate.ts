import { createRateLimit } from '../rate-limit.ts'
import { CONNECTIONS } from './door-limits.ts'
import { placeOf, type Place } from './place.ts'
import type { MultiaddrConnection, PeerId } from '@libp2p/interface'

/** A connection that a peer made to this node. */
interface Guest extends Place {
  readonly peer: string
  /** A place is kept for its peer. */
  readonly isKept: boolean
  readonly socket: Pick<MultiaddrConnection, 'abort'>
}

export interface ConnectionGateInit {
  /** Peers that get in although all places for others are taken. Default: none. */
  readonly keepsPlaceFor?: (peer: string) => boolean
  /** Default `CONNECTIONS`. */
  readonly limits?: typeof CONNECTIONS
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** Two questions of libp2p: whether a handshake may begin, and whether the peer that it showed may stay; and whom the doors sent away. */
export interface ConnectionGate {
  readonly denyInboundConnection: (connection: MultiaddrConnection) => boolean
  readonly denyInboundEncryptedConnection: (peer: PeerId, connection: MultiaddrConnection) => boolean
  /** Lets this peer make no new connection for a while. */
  readonly dismiss: (peer: string) => void
}

/**
 * Limits the connections that others make to this node, for each peer, address and address range.
 * When all places are taken, a newcomer from where few come from takes the newest place of where most come from: nobody can lock others out.
 */
export function createConnectionGate(init: ConnectionGateInit = {}): ConnectionGate {
  const { keepsPlaceFor = () => false, limits = CONNECTIONS, nowMs = () => performance.now() } = init
  const guests = new Map<object, Guest>()
  const pending = new Map<string, number>()
  const handshakes = createRateLimit({
    burst: limits.handshakesBurst,
    perSecond: limits.handshakesPerSecond,
    peersMax: 1024,
    nowMs
  })
  /** Until when, by peer; in the order in which they were dismissed. */
  const dismissed = new Map<string, number>()

  /** Ends when the handshake is over, one way or the other. */
  function begin(connection: MultiaddrConnection, range: string): void {
    pending.set(range, (pending.get(range) ?? 0) + 1)
    connection.addEventListener('close', () => end(connection, range), { once: true })
  }

  const over = new WeakSet<object>()
  function end(connection: object, range: string): void {
    guests.delete(connection)
    if (over.has(connection)) return
    over.add(connection)
    const left = (pending.get(range) ?? 1) - 1
    if (left === 0) pending.delete(range)
    else pending.set(range, left)
  }

  const strangers = (): Guest[] => [...guests.values()].filter(({ isKept }) => !isKept)

  /** Makes room among so many. @returns false where the newcomer itself is one of too many */
  function makeRoom(among: readonly Guest[], most: number, by: (guest: Place) => string, newcomer: Place): boolean {
    if (among.length < most) return true
    const groups = Map.groupBy(among, by)
    const largest = [...groups.values()].reduce((one, other) => (other.length > one.length ? other : one))
    if (largest.length <= (groups.get(by(newcomer))?.length ?? 0) + 1) return false
    largest.at(-1)?.socket.abort(new Error('its place went to a peer from elsewhere'))
    return true
  }

  function hasRoom(newcomer: Place): boolean {
    const all = strangers()
    const range = all.filter((guest) => guest.range === newcomer.range)
    const address = range.filter((guest) => guest.address === newcomer.address)
    return (
      address.length < limits.inboundPerAddress &&
      makeRoom(range, limits.inboundPerRange, (guest) => guest.address, newcomer) &&
      makeRoom(all, limits.inboundMax, (guest) => guest.range, newcomer)
    )
  }

  return {
    denyInboundConnection: (connection) => {
      const { range } = placeOf(connection.remoteAddr)
      if ((pending.get(range) ?? 0) >= limits.pendingPerRange || !handshakes.take(range)) return true
      begin(connection, range)
      return false
    },
    denyInboundEncryptedConnection: (peerId: PeerId, connection) => {
      const place = placeOf(connection.remoteAddr)
      end(connection, place.range)
      const peer = peerId.toString()
      if ((dismissed.get(peer) ?? 0) > nowMs()) return true
      const isKept = keepsPlaceFor(peer)
      if ([...guests.values()].filter((guest) => guest.peer === peer).length >= limits.perPeer) return true
      if (!isKept && !hasRoom(place)) return true
      guests.set(connection, { ...place, peer, isKept, socket: connection })
      return false
    },
    dismiss: (peer) => {
      dismissed.delete(peer)
      dismissed.set(peer, nowMs() + limits.dismissedMs)
      const [oldest] = dismissed.keys()
      if (dismissed.size > limits.dismissedMax && oldest !== undefined) dismissed.delete(oldest)
    }
  }
}
