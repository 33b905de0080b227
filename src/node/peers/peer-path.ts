import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerStatus } from '../../api/schemas/index.ts'
import { isLocal, isLoopback } from './local-address.ts'

/** The best first. */
const PATHS = ['loopback', 'local', 'internet', 'relayed', 'none'] as const satisfies readonly PeerStatus['path'][]

/** How a peer is reached over one of its connections. */
function pathOf(address: Multiaddr): (typeof PATHS)[number] {
  if (address.getComponents().some(({ name }) => name === 'p2p-circuit')) return 'relayed'
  if (isLoopback(address)) return 'loopback'
  return isLocal(address) ? 'local' : 'internet'
}

/** The shortest of the ways to a peer, by the addresses of its connections. */
export function bestPath(addresses: readonly Multiaddr[]): PeerStatus['path'] {
  const paths = addresses.map(pathOf)
  return PATHS.find((path) => paths.includes(path)) ?? 'none'
}
