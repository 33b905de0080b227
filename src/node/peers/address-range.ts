import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { SwarmNode } from '../../swarm/index.ts'
import { isLocal } from './local-address.ts'

const IPV4_OCTETS = 3
/** 56 bits: what one customer usually gets. */
const IPV6_BITS = 56

/** Where an address is, so coarsely that one machine has only one such place: /24 of IPv4, /56 of IPv6. Empty for local addresses and for what has no IP address. */
export function rangeOfAddress(address: Multiaddr): string {
  if (isLocal(address)) return ''
  for (const { name, value } of address.getComponents()) {
    if (value == null) continue
    if (name === 'ip4') return `${value.split('.').slice(0, IPV4_OCTETS).join('.')}.0/24`
    if (name === 'ip6') return ipv6Range(value)
  }
  return ''
}

/** Where a connected peer is, by the first of its connections that shows it; empty where none does. */
export function rangeOfPeer(node: Pick<SwarmNode, 'getConnections'>, peer: string): string {
  const ranges = node.getConnections(peerIdFromString(peer)).map(({ remoteAddr }) => rangeOfAddress(remoteAddr))
  return ranges.find((range) => range !== '') ?? ''
}

function ipv6Range(text: string): string {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = tail == null ? [] : groups(tail)
  const whole = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
  const bits = whole.map((group) => group.padStart(4, '0')).join('')
  return `${bits.slice(0, IPV6_BITS / 4)}/${IPV6_BITS}`
}
