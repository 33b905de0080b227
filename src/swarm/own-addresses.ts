import type { Multiaddr } from '@multiformats/multiaddr'

/** What of libp2p's address manager is needed. */
export interface OwnAddresses {
  getAddressesWithMetadata: () => readonly { multiaddr: Multiaddr; verified: boolean; type: string }[]
  confirmObservedAddr: (address: Multiaddr, options: { readonly type: 'transport' }) => void
}

/**
 * Tells peers the public addresses that this machine has itself, as a rented server does. libp2p keeps them to itself until peers in four different networks
 * have dialled them, which in a small swarm never happens.
 */
export function vouchForOwn(addresses: OwnAddresses): void {
  for (const { multiaddr, verified, type } of addresses.getAddressesWithMetadata())
    if (!verified && type === 'transport') addresses.confirmObservedAddr(multiaddr, { type: 'transport' })
}
