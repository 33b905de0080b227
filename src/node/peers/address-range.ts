import { peerIdFromString } from '@libp2p/peer-id'
import type { SwarmNode } from '../../swarm/index.ts'
import { rangeOfAddress } from './local-address.ts'

/** Where a connected peer is, by the first of its connections that shows it; empty where none does. */
export function rangeOfPeer(node: Pick<SwarmNode, 'getConnections'>, peer: string): string {
  const ranges = node.getConnections(peerIdFromString(peer)).map(({ remoteAddr }) => rangeOfAddress(remoteAddr))
  return ranges.find((range) => range !== '') ?? ''
}
