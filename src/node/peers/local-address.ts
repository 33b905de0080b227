import type { Multiaddr } from '@multiformats/multiaddr'
import { placeOfIp, rangeOfIp } from '../../swarm/protocol/index.ts'

/**
 * The IP address that a connection goes to. Undefined through a relay, where nobody knows where the peer is, and for a connection that was dialled by a host name, whose
 * address libp2p does not tell.
 */
function ipOf(address: Multiaddr): string | undefined {
  const parts = address.getComponents()
  if (parts.some(({ name }) => name === 'p2p-circuit')) return undefined
  return parts.find(({ name }) => name === 'ip4' || name === 'ip6')?.value
}

const placeOf = (address: Multiaddr) => placeOfIp(ipOf(address) ?? '')

export const isLoopback = (address: Multiaddr): boolean => placeOf(address) === 'loopback'

/** Whether a peer with such an address is on this machine or on its local network. */
export const isLocal = (address: Multiaddr): boolean => placeOf(address) !== 'elsewhere'

/** Where an address is, so coarsely that one machine has only one such place: /24 of IPv4, /56 of IPv6. Empty for local addresses and for what has no IP address. */
export const rangeOfAddress = (address: Multiaddr): string => rangeOfIp(ipOf(address) ?? '')
