import { randomInt } from 'node:crypto'
import { asError } from '../../common/error-text.ts'
import { waitFor } from '../../common/wait.ts'
import { isPublicIp, type PunchAddress, punchAddressOf } from '../protocol/index.ts'
import { ipOf } from '../reach/dial-back.ts'
import type { Connection, IdentifyResult } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'

type Node = Pick<SwarmNode, 'getConnections' | 'addEventListener' | 'removeEventListener' | 'services'>

/** A port of this machine, and where others see what comes from it. */
export interface WayOut {
  readonly localPort: number
  readonly outside: PunchAddress
  /** Ends the connection that keeps it open. */
  readonly close: () => Promise<void>
}

/** Below those that systems choose themselves. */
const PORTS = [16_384, 32_767] as const
const TRIES_MAX = 3
const CLOSE_MS = 5000

/**
 * Makes one more connection to a peer outside, from a port of its own, and asks where it seems to come from: many routers show a port to everybody as they show it to one.
 * @param mayBelieve whether the word of a peer about an address counts
 * @throws Error where no such peer is connected, or it does not answer
 */
export async function findWayOut(
  node: Node,
  mayBelieve: (peer: string) => boolean,
  signal: AbortSignal
): Promise<WayOut> {
  const observer = node.getConnections().find((one) => isObserver(one) && mayBelieve(one.remotePeer.toString()))
  if (observer === undefined) throw new Error('no known peer with a public address is connected')
  for (let tries = 1; ; tries += 1)
    try {
      return await wayOutFrom(node, observer, randomInt(...PORTS), signal)
    } catch (error) {
      signal.throwIfAborted()
      // Another connection may have the port.
      if (tries === TRIES_MAX) throw error
    }
}

function isObserver(connection: Connection): boolean {
  const ip = ipOf(connection)
  return connection.status === 'open' && connection.direction === 'outbound' && isPublicIp(ip) && !ip.includes(':')
}

async function wayOutFrom(node: Node, to: Connection, localPort: number, signal: AbortSignal): Promise<WayOut> {
  const connection = await node.services.portDialer.dial(to.remoteAddr, { localPort, initiator: true, signal })
  try {
    const close = async (): Promise<void> =>
      connection
        .close({ signal: AbortSignal.timeout(CLOSE_MS) })
        .catch((error: unknown) => connection.abort(asError(error)))
    return { localPort, outside: await outsideOf(node, connection, signal), close }
  } catch (error) {
    connection.abort(asError(error))
    throw error
  }
}

/** Where the peer at the other end sees a connection that has just begun; identify says it. */
async function outsideOf(node: Node, connection: Connection, signal: AbortSignal): Promise<PunchAddress> {
  return waitFor((done, fail) => {
    const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
      if (detail.connection.id !== connection.id) return
      const seen = punchAddressOf(detail.observedAddr?.toString() ?? '')
      if (seen === undefined) fail(new Error('the peer does not say where it sees this node'))
      else done(seen)
    }
    node.addEventListener('peer:identify', onIdentify)
    return () => node.removeEventListener('peer:identify', onIdentify)
  }, signal)
}
