import { isWithin, parseIp, type IpBytes } from './ip-address.ts'

/** Where a host is by its IP address: on this machine, on the local network, or anywhere. */
export type HostPlace = 'loopback' | 'local' | 'elsewhere'

/**
 * The addresses that no router of the internet delivers, so a host with one is near.
 * Not among them, though they are no public addresses of one host either: 100.64.0.0/10, which customers of one provider share; the tunnels and translators that carry
 * any IPv4 host (2002::/16, 2001::/32, 64:ff9b::/96, 64:ff9b:1::/48, ::/96); and what is for documentation, benchmarks, protocols and groups.
 */
const NEAR: readonly (readonly [range: string, place: HostPlace])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['::1/128', 'loopback'],
  ['10.0.0.0/8', 'local'],
  ['172.16.0.0/12', 'local'],
  ['192.168.0.0/16', 'local'],
  ['169.254.0.0/16', 'local'],
  ['fe80::/10', 'local'],
  ['fc00::/7', 'local']
]

const RANGES = NEAR.map(([range, place]) => {
  const [prefix = '', bits] = range.split('/')
  return { prefix: parseIp(prefix) ?? [], bits: Number(bits), place }
})

/** The one definition of "local", for trust and for display. @param ip the remote address of a connection, as text */
export function placeOfIp(ip: string): HostPlace {
  const address = parseIp(ip)
  if (address === undefined) return 'elsewhere'
  return RANGES.find(({ prefix, bits }) => isWithin(address, prefix, bits))?.place ?? 'elsewhere'
}

const IPV4_OCTETS = 3
/** 56 bits: what one customer usually gets. */
const IPV6_BYTES = 7

const hex = (bytes: IpBytes): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** The range that one machine has only one of: `8.8.4.0/24` of IPv4, 56 bits in hexadecimal of IPv6. Empty for near hosts and for what is no IP address. */
export function rangeOfIp(ip: string): string {
  const address = parseIp(ip)
  if (address === undefined || placeOfIp(ip) !== 'elsewhere') return ''
  return address.length === 4
    ? `${address.slice(0, IPV4_OCTETS).join('.')}.0/24`
    : `${hex(address.slice(0, IPV6_BYTES))}/56`
}
