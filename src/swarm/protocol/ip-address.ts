/** The bytes of an IP address: 4 of IPv4, 16 of IPv6. */
export type IpBytes = readonly number[]

const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/
const GROUP = /^[\da-f]{1,4}$/i
const IPV6_GROUPS = 8
/** `::ffff:0:0/96`: an IPv4 host as an IPv6 socket shows it. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const

/**
 * Reads an IP address in its text form, with or without a zone (`fe80::1%eth0`). An IPv4 address that is mapped into IPv6 is read as the IPv4 address: it is the same
 * host.
 * @returns undefined for anything else, a host name too
 */
export function parseIp(text: string): IpBytes | undefined {
  if (!text.includes(':')) return ipv4(text)
  const bytes = ipv6(text.split('%', 1)[0] ?? '')
  return bytes !== undefined && MAPPED.every((byte, index) => bytes[index] === byte)
    ? bytes.slice(MAPPED.length)
    : bytes
}

function ipv4(text: string): number[] | undefined {
  if (!IPV4.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 0xff) ? bytes : undefined
}

function ipv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const before = groupsOf(halves[0] ?? '')
  const after = groupsOf(halves[1] ?? '')
  if (before === undefined || after === undefined) return undefined
  const missing = IPV6_GROUPS - before.length - after.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after]
  return groups.flatMap((group) => [group >> 8, group & 0xff])
}

/** The groups of one half of an IPv6 address; its last one may be written as an IPv4 address. */
function groupsOf(half: string): number[] | undefined {
  if (half === '') return []
  const parts = half.split(':')
  const tail = ipv4(parts.at(-1) ?? '')
  if (tail !== undefined) parts.pop()
  if (!parts.every((part) => GROUP.test(part))) return undefined
  const groups = parts.map((part) => Number.parseInt(part, 16))
  const [a = 0, b = 0, c = 0, d = 0] = tail ?? []
  return tail === undefined ? groups : [...groups, (a << 8) | b, (c << 8) | d]
}

/** Whether an address begins with the first `bits` bits of another one of the same family. */
export function isWithin(address: IpBytes, prefix: IpBytes, bits: number): boolean {
  return (
    address.length === prefix.length &&
    prefix.every((byte, index) => {
      const left = Math.max(0, Math.min(8, bits - 8 * index))
      const mask = (0xff << (8 - left)) & 0xff
      return ((address[index] ?? 0) & mask) === (byte & mask)
    })
  )
}
