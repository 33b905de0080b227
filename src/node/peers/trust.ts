import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { isLocal } from './local-address.ts'
import type { SwarmNode } from '../../swarm/index.ts'
import type { Config } from '../config/types.ts'

/** Whom this node trusts with what. In a private swarm (`swarmKey`) everybody is trusted: who does not hold the key cannot even connect. */
export interface Trust {
  /**
   * Whose projects are encoded here: its own, those of peers on this machine or the local network, of peers named with `--bootstrap`, and of those named with `--trust`.
   * A stranger from elsewhere is none of them.
   */
  readonly worksFor: (owner: string) => boolean
  /** Nobody vouches for the peer: if it is worked for, then because everybody is. */
  readonly isStranger: (peer: string) => boolean
  /** Whose commands are carried out on this node's projects: its own and those of peers named with `--trust`. To be near, or to be dialled, is not enough. */
  readonly obeys: (peer: string) => boolean
  /** Which workers need not prove themselves first: the same as those worked for. */
  readonly isKnownWorker: (peer: string) => boolean
}

export type TrustInit = Pick<Config, 'bootstrap' | 'trust' | 'swarmKey'>

export function createTrust(node: SwarmNode, config: TrustInit): Trust {
  const named = new Set(config.trust)
  const dialled = new Set(config.bootstrap.map(peerOf))
  const everybody = named.has('all') || config.swarmKey != null

  const isNamed = (peer: string): boolean => peer === node.peerId.toString() || named.has(peer)
  const obeys = (peer: string): boolean => everybody || isNamed(peer)
  const isNear = (peer: string): boolean =>
    node
      // Of this peer only: looking through all of them for each of many peers takes long.
      .getConnections(peerIdFromString(peer))
      .some((connection) => connection.remotePeer.toString() === peer && isLocal(connection.remoteAddr))
  const isIntroduced = (peer: string): boolean => dialled.has(peer) || isNear(peer)
  const isKnown = (peer: string): boolean => obeys(peer) || isIntroduced(peer)
  const isStranger = (peer: string): boolean => config.swarmKey == null && !isNamed(peer) && !isIntroduced(peer)

  return { worksFor: isKnown, isStranger, obeys, isKnownWorker: isKnown }
}

/** The peer id at the end of an address, behind a relay the last one. */
function peerOf(address: string): string | undefined {
  return multiaddr(address)
    .getComponents()
    .findLast((part) => part.name === 'p2p')?.value
}
