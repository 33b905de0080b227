import { createRateLimit, NEIGHBOURS_MAX } from '../rate-limit.ts'
import { CONNECTIONS, DOORS, doorOf, type DoorLimits } from './door-limits.ts'
import { placeOf } from './place.ts'
import type { Connection, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'

/** What of libp2p's registrar a door needs. */
export interface Handlers {
  handle: (protocol: string, handler: StreamHandler, options?: StreamHandlerOptions) => Promise<void>
}

/** A stream as the muxer sees it: every byte that comes passes `onData`. */
export type MeteredStream = Stream & { onData: (data: { readonly byteLength: number }) => void }

export interface DoorsInit {
  /** Rows besides those of the table. Default: none. */
  readonly more?: Readonly<Record<string, DoorLimits>> | undefined
  /** The connection of a peer is about to be ended for what it sent. */
  readonly dismiss: (peer: string) => void
}

/**
 * Puts a door before every protocol that is handled from now on, libp2p's own too: it counts streams and bytes for each peer and address range.
 * A protocol is in the table or among `more`.
 * Middleware of libp2p would be the place, but its list of middleware grows with each stream (ADR 0093).
 */
export function installDoors(handlers: Handlers, { more = {}, dismiss }: DoorsInit): void {
  const { handle } = handlers
  const table: Readonly<Record<string, DoorLimits>> = { ...DOORS, ...more }
  const doors = new Map<string, ReturnType<typeof createDoor>>()
  handlers.handle = async (protocol, handler, options = {}) => {
    const name = doorOf(protocol)
    const limits = table[name]
    if (limits == null) throw new Error(`${protocol} has no row in the table of limits`)
    // All versions of a protocol share one door.
    const door = doors.get(name) ?? createDoor(limits, dismiss)
    doors.set(name, door)
    const guarded: StreamHandler = (stream, connection) => {
      if (door.enter(stream, connection)) return handler(stream, connection)
      stream.abort(new Error('too many streams'))
      return undefined
    }
    // libp2p would reset all streams of a burst that is too large, and not only those above the limit.
    return handle.call(handlers, protocol, guarded, { ...options, maxInboundStreams: CONNECTIONS.streamsPerConnection })
  }
}

/** Counts the streams of one protocol. */
export function createDoor(limits: DoorLimits, dismiss: DoorsInit['dismiss']) {
  const open = new Map<string, number>()
  const opens = createRateLimit({
    burst: limits.opensBurst,
    perSecond: limits.opensPerSecond,
    peersMax: NEIGHBOURS_MAX
  })
  const bytes = createRateLimit({
    burst: limits.bytesBurst,
    perSecond: limits.bytesPerSecond,
    peersMax: NEIGHBOURS_MAX
  })
  const add = (key: string, by: number): void => {
    const now = (open.get(key) ?? 0) + by
    if (now === 0) open.delete(key)
    else open.set(key, now)
  }

  return {
    /** @returns whether the stream may go on; then its bytes are metered until it is closed */
    enter: (stream: Stream, connection: Connection): boolean => {
      const peer = connection.remotePeer.toString()
      const keys = [peer, placeOf(connection.remoteAddr).range, '*']
      const most = [limits.streamsPerPeer, limits.streamsPerRange, limits.streamsMax]
      if (keys.some((key, index) => (open.get(key) ?? 0) >= (most[index] ?? 0)) || !opens.take(peer)) return false
      for (const key of keys) add(key, 1)
      stream.addEventListener('close', () => keys.forEach((key) => add(key, -1)), { once: true })
      meter(stream as MeteredStream, (count) => {
        if (bytes.take(peer, count)) return
        dismiss(peer)
        connection.abort(new Error('the remote peer sends more than any honest one would'))
      })
      return true
    }
  }
}

/** A listener for messages would take them from a handler that begins to listen later, so the meter sits where they come in. */
export function meter(stream: MeteredStream, note: (bytes: number) => void): void {
  const { onData } = stream
  stream.onData = (data) => {
    note(data.byteLength)
    onData.call(stream, data)
  }
}
