import { placeOfIp } from './local-network.ts'

/**
 * Who can dial an address: everybody, whoever is on the same local network, everybody through a relay, or programs on the same machine.
 * `relayed-local` is an address at a relay that is itself on a local network or on this machine.
 */
export type Reach = 'public' | 'local' | 'relayed' | 'relayed-local' | 'machine'

/** An address of a node, with those who can use it. */
export interface UsefulAddress {
  /** A multiaddr that ends in `/p2p/<peer id>`. */
  readonly address: string
  readonly reach: Reach
  /** A peer outside reached the node there lately. */
  readonly isReached: boolean
}

/** Best first. A relay costs its owner traffic and both ends time, so every direct way comes before it. */
const ORDER: readonly Reach[] = ['public', 'local', 'relayed', 'relayed-local', 'machine']

/** Works on one link only, and needs a zone that others lack. */
const LINK_LOCAL = /^(?:169\.254\.|fe[89ab])/i

const HOST = /^\/(?<kind>ip4|ip6|dns\w*)\/(?<host>[^/]+)/

function reachOfHost(address: string): 'public' | 'local' | 'machine' {
  const { kind = '', host = '' } = HOST.exec(address)?.groups ?? {}
  if (kind.startsWith('dns')) return host === 'localhost' ? 'machine' : 'public'
  const place = placeOfIp(host)
  return place === 'loopback' ? 'machine' : place === 'local' ? 'local' : 'public'
}

/** Who can dial an address. */
export function reachOf(address: string): Reach {
  const reach = reachOfHost(address)
  if (!address.includes('/p2p-circuit')) return reach
  return reach === 'public' ? 'relayed' : 'relayed-local'
}

/** The relay of an address at a relay: its peer id. Undefined for a direct address. */
export const relayOf = (address: string): string | undefined =>
  /\/p2p\/(?<relay>[^/]+)\/p2p-circuit/.exec(address)?.groups?.['relay']

/**
 * The addresses of a node that are worth giving to somebody, the best first; the one place that decides this, for the printed line, the invitation and the web client.
 * Addresses that only this machine can use are left out where there is another one.
 * @param reached addresses at which peers outside reached the node, without its peer id
 */
export function usefulAddresses(
  addresses: readonly string[],
  reached: readonly string[] = []
): readonly UsefulAddress[] {
  const unique = [...new Set(addresses)].filter(
    (address) => !LINK_LOCAL.test(HOST.exec(address)?.groups?.['host'] ?? '')
  )
  const useful = unique
    .map((address) => ({
      address,
      reach: reachOf(address),
      isReached: reached.some((one) => address.startsWith(`${one}/p2p/`) && !address.includes('/p2p-circuit'))
    }))
    .toSorted(
      (one, other) =>
        ORDER.indexOf(one.reach) - ORDER.indexOf(other.reach) || Number(other.isReached) - Number(one.isReached)
    )
  const far = useful.filter(({ reach }) => reach !== 'machine')
  return far.length > 0 ? far : useful
}
