import { randomBytes } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../common/any-signal.ts'
import { asError } from '../common/error-text.ts'
import { placeOf } from './doors/place.ts'
import { CONTROL } from './open-stream.ts'
import { placeOfIp } from './protocol/index.ts'
import { createStreamIO } from './stream-io.ts'
import type { Connection } from '@libp2p/interface'
import type { SwarmNode } from './libp2p.ts'
import type { Logger } from './logger.ts'

export interface DeadPathsComponents {
  readonly node: SwarmNode
  readonly log: Logger
}

export interface DeadPathsInit {
  /** Between two looks at a connection. Default 5 s. */
  readonly everyMs?: number
  /** How long an answer may take before another connection is tried. Default 8 s: encoders at full load delay answers by less. */
  readonly answerMs?: number
  /** Whether a connection may lead over a router that forgets it. Default: one that this node dialled, to a host outside the local network. */
  readonly isWatched?: (connection: Connection) => boolean
}

/** Finds connections whose way is gone without a word, as after a router got another address. */
export interface DeadPaths {
  readonly start: () => void
  readonly stop: () => void
}

const PING = '/ipfs/ping/1.0.0'
const PING_BYTES = 32
const DIAL_MS = 5000
/** Connections that are looked at; a node behind a router has fewer that matter. */
const WATCHED_MAX = 64

const leadsOutside = ({ direct, direction, remoteAddr }: Connection): boolean =>
  direct && direction === 'outbound' && placeOfIp(placeOf(remoteAddr).address) === 'elsewhere'

/**
 * A connection that does not answer is not ended for that: its peer may be busy. Another one is dialled, and only when that is there and the old one still says nothing, the
 * old one goes. The other side does the same when a peer comes with a second connection (ADR 0117).
 */
export function createDeadPaths({ node, log }: DeadPathsComponents, init: DeadPathsInit = {}): DeadPaths {
  const { everyMs = 5000, answerMs = 8000, isWatched = leadsOutside } = init
  const stopped = new AbortController()
  const asked = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  /** Whether nothing at all comes back; a refusal is an answer. */
  async function isSilent(connection: Connection): Promise<boolean> {
    const deadline = AbortSignal.timeout(answerMs)
    const signal = anySignal([stopped.signal, deadline])
    try {
      const io = createStreamIO(await connection.newStream(PING, { ...CONTROL, signal }))
      try {
        await io.write(randomBytes(PING_BYTES), signal)
        await io.readExact(PING_BYTES, signal)
        await io.end(signal)
      } catch (error) {
        io.abort(asError(error))
        throw error
      }
      return false
    } catch {
      return deadline.aborted && connection.status === 'open'
    }
  }

  const hasAnother = ({ id, remotePeer, timeline }: Connection): boolean =>
    node
      .getConnections(remotePeer)
      .some((one) => one.id !== id && one.status === 'open' && one.timeline.open >= timeline.open)

  async function dialAgain({ remotePeer, remoteAddr }: Connection): Promise<void> {
    const own = `/p2p/${remotePeer.toString()}`
    const address = remoteAddr.toString()
    const target = multiaddr(address.endsWith(own) ? address : address + own)
    await node.dial(target, { force: true, signal: anySignal([stopped.signal, AbortSignal.timeout(DIAL_MS)]) })
  }

  /** @param dials whether this side can make another connection */
  async function look(connection: Connection, dials: boolean): Promise<void> {
    const { id, remotePeer } = connection
    if (asked.has(id) || stopped.signal.aborted) return
    asked.add(id)
    try {
      if (!(await isSilent(connection))) return
      if (dials && !hasAnother(connection)) await dialAgain(connection)
      if (!hasAnother(connection)) return
      log.debug({ peer: remotePeer.toString() }, 'a connection is dead, and another one takes its place')
      connection.abort(new Error('its way is gone'))
    } catch (error) {
      log.debug({ peer: remotePeer.toString(), err: error }, 'a peer is silent, and another way to it was not found')
    } finally {
      asked.delete(id)
    }
  }

  const lookAtAll = (): void => {
    for (const one of node.getConnections().filter(isWatched).slice(0, WATCHED_MAX)) void look(one, true)
  }

  /** Whoever comes again may have lost its way here. */
  const onOpen = ({ detail: { id, remotePeer, direct } }: CustomEvent<Connection>): void => {
    for (const older of node.getConnections(remotePeer))
      if (older.id !== id && older.direct === direct) void look(older, false)
  }

  return {
    start: () => {
      node.addEventListener('connection:open', onOpen)
      timer = setInterval(lookAtAll, everyMs)
      timer.unref()
    },
    stop: () => {
      stopped.abort(new Error('stopping'))
      clearInterval(timer)
      node.removeEventListener('connection:open', onOpen)
    }
  }
}
