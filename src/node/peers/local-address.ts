import { BlockList } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Addresses that only this machine has. */
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * Further addresses that no router of the internet delivers: RFC 1918, link-local and unique local. A peer with one is on the local network.
 * Not among them, though no public address either: 100.64.0.0/10, which customers of one provider share, and the tunnels that carry any IPv4 host (2002::/16, 2001::/32, 64:ff9b::/96).
 */
const NETWORK = new BlockList()
NETWORK.addSubnet('10.0.0.0', 8)
NETWORK.addSubnet('172.16.0.0', 12)
NETWORK.addSubnet('192.168.0.0', 16)
NETWORK.addSubnet('169.254.0.0', 16)
NETWORK.addSubnet('fe80::', 10, 'ipv6')
NETWORK.addSubnet('fc00::', 7, 'ipv6')

/** Whether the one IP address of a connection is in a list. Through a relay nobody knows where the peer is. */
function isIn(list: BlockList, address: Multiaddr): boolean {
  const parts = address.getComponents()
  if (parts.some(({ name }) => name === 'p2p-circuit')) return false
  const host = parts.find(({ name }) => name === 'ip4' || name === 'ip6')
  return host?.value !== undefined && list.check(host.value, host.name === 'ip4' ? 'ipv4' : 'ipv6')
}

export const isLoopback = (address: Multiaddr): boolean => isIn(LOOPBACK, address)

/** Whether a peer with such an address is on this machine or on its local network; the one definition of "local" for trust and display. */
export const isLocal = (address: Multiaddr): boolean => isLoopback(address) || isIn(NETWORK, address)
