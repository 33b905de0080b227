import type { Multiaddr } from '@multiformats/multiaddr'

/** Where a connection comes from: its address, and the range that one network usually has, /24 of IPv4 and /48 of IPv6. Both are empty where there is no IP address. */
export interface Place {
  readonly address: string
  readonly range: string
}

const NOWHERE: Place = { address: '', range: '' }

export function placeOf(address: Multiaddr): Place {
  for (const { name, value } of address.getComponents()) {
    if (value == null) continue
    if (name === 'ip4') return { address: value, range: `${value.split('.').slice(0, 3).join('.')}.0/24` }
    if (name === 'ip6') return { address: value, range: `${groupsOf(value).slice(0, 3).join(':')}::/48` }
  }
  return NOWHERE
}

/** The eight groups of an IPv6 address, four digits each. */
export function groupsOf(text: string): string[] {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = tail == null ? [] : groups(tail)
  const between = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...between, ...after].map((group) => group.padStart(4, '0'))
}
