import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import type { SwarmNode } from '../swarm/index.ts'
import type { Config } from './types.ts'

/**
 * Whose projects this node encodes: its own, those of peers on this machine or the local network, of peers named with `--bootstrap`, and of those named with `--trust`.
 * A stranger from elsewhere is none of them.
 */
export function createTrust(node: SwarmNode, config: Pick<Config, 'bootstrap' | 'trust'>): (peer: string) => boolean {
  const named = new Set(config.trust)
  for (const address of config.bootstrap) {
    const peer = multiaddr(address)
      .getComponents()
      .findLast((part) => part.name === 'p2p')?.value
    if (peer != null) named.add(peer)
  }
  return (peer) => {
    if (peer === node.peerId.toString() || named.has('all') || named.has(peer)) return true
    return node
      .getConnections()
      .some((connection) => connection.remotePeer.toString() === peer && isPrivate(connection.remoteAddr))
  }
}
