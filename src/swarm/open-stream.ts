import { peerIdFromString } from '@libp2p/peer-id'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { SwarmNode } from './libp2p.ts'

/** For the protocols that take little: they run over a relay that carries no films, too. */
export const CONTROL = { runOnLimitedConnection: true } as const

/** Direct connections first, then those without a limit. */
const byWay = (one: Connection, other: Connection): number =>
  Number(other.direct) - Number(one.direct) || Number(one.limits != null) - Number(other.limits != null)

/** The best connection with a peer that is open; undefined where there is none. */
export function bestConnection(node: Pick<SwarmNode, 'getConnections'>, peer: PeerId): Connection | undefined {
  const open = node.getConnections(peer).filter(({ status }) => status === 'open')
  return open.toSorted(byWay)[0]
}

/** Whether a peer is connected, and only through relays that carry no films. */
export function isOnlyLimited(node: Pick<SwarmNode, 'getConnections'>, peer: string): boolean {
  return bestConnection(node, peerIdFromString(peer))?.limits != null
}

/** Opens a stream of a control protocol, over any connection. libp2p's own way makes another connection where the one that is there has a limit. */
export async function openControlStream(
  node: Pick<SwarmNode, 'getConnections' | 'dial'>,
  peer: PeerId,
  protocol: string,
  signal: AbortSignal
): Promise<Stream> {
  const connection = bestConnection(node, peer) ?? (await node.dial(peer, { signal }))
  return connection.newStream(protocol, { ...CONTROL, signal })
}
