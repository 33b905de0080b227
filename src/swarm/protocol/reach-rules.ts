import { isWithin, parseIp } from './ip-address.ts'
import { placeOfIp, rangeOfIp } from './local-network.ts'
import type { PunchAddress } from './codec-punch.ts'

export const REACH = {
  /** Ports below belong to other programs of the peer's provider or neighbours, who would not like to be dialled. */
  portMin: 1024,
  /** Address ranges whose peers have to agree, where none of them is known. */
  rangesMin: 3,
  /** What peers said is believed for so long; they are asked again before. */
  believedMs: 30 * 60_000,
  /** Addresses that are believed at once: a machine has one or two, of IPv4 and IPv6. */
  addressesMax: 4
} as const

/** Customers of one provider share these, behind its router; no packet from elsewhere gets there. */
const SHARED = parseIp('100.64.0.0') ?? []
const SHARED_BITS = 10

/** Whether an IP address can be dialled from everywhere, as far as the address itself tells. */
export function isPublicIp(ip: string): boolean {
  const bytes = parseIp(ip)
  return bytes !== undefined && placeOfIp(ip) === 'elsewhere' && !isWithin(bytes, SHARED, SHARED_BITS)
}

/** `/ip4/8.8.8.8/tcp/7898`. @param ip an IP address */
export const tcpAddress = (ip: string, port: number): string => `/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}/tcp/${port}`

/**
 * The ports at which a node dials a peer that asked for it. It dials nowhere but at the IP address that it sees, so nobody can have it dial somebody else.
 * @param ip where the connection of the peer comes from; empty where that is not known
 */
export function portsToDial(ip: string, ports: readonly number[]): readonly number[] {
  // [RULE 113]
  if (!isPublicIp(ip)) return []
  return [...new Set(ports)].filter((port) => port >= REACH.portMin)
}

/**
 * Where a node dials a peer that dials it at the same moment, as `/ip4/.../tcp/...`; undefined where it must not.
 * [RULE 114] Only what the peer says counts here, so the caller asks its right `address` and how often it asked.
 */
export function punchTarget({ ip, port }: PunchAddress): string | undefined {
  return isPublicIp(ip) && !ip.includes(':') && port >= REACH.portMin ? tcpAddress(ip, port) : undefined
}

/** Which of two peers begins: both know it without asking. */
export const beginsPunch = (own: string, peer: string): boolean => own < peer

/** A peer dialled this node and reached it. */
export interface ReachReport {
  /** Where the connection with that peer goes: an IP address. */
  readonly peerIp: string
  /** The peer has the right `address`. */
  readonly isKnown: boolean
  /** Where it reached this node. */
  readonly ip: string
  readonly port: number
  /** By a clock that only goes forward. */
  readonly atMs: number
}

/**
 * The addresses that this node believes to have, as `/ip4/.../tcp/...`, those of the latest reports first: one known peer reached it there, or peers of so many address ranges did
 * that one liar cannot make it announce the address of somebody else.
 */
export function believedAddresses(reports: Iterable<ReachReport>, nowMs: number): readonly string[] {
  // [RULE 112]
  const fresh = [...reports].filter(({ atMs, ip }) => nowMs - atMs < REACH.believedMs && isPublicIp(ip))
  const latest = fresh.toSorted((one, other) => other.atMs - one.atMs)
  const groups = Map.groupBy(latest, ({ ip, port }) => tcpAddress(ip, port))
  const believed = [...groups].filter(([, group]) => {
    const ranges = new Set(group.map(({ peerIp }) => rangeOfIp(peerIp)))
    ranges.delete('')
    return ranges.size >= REACH.rangesMin || group.some(({ isKnown }) => isKnown)
  })
  return believed.map(([address]) => address).slice(0, REACH.addressesMax)
}
