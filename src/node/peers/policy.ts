import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { SwarmNode } from '../../swarm/index.ts'
import { mayDo, peerClassOf, type PeerClass, type Right, type Share } from '../../swarm/protocol/index.ts'
import type { Config } from '../config/types.ts'
import { isLocal } from './local-address.ts'
import type { Standings } from './standings.ts'

/** Who may do what at this node, as things are now: a connection, or the user's word, changes it at once. */
export interface Policy {
  readonly classOf: (peer: string) => PeerClass
  /** Nobody vouches for the peer: if it has rights, then because `--trust all` gives them to everybody. */
  readonly isStranger: (peer: string) => boolean
  /** @param share of the project that it is about. Default `all` */
  readonly may: (peer: string, right: Right, share?: Share) => boolean
}

/** Peers whose address the user gave, with their id. */
export function introducedPeers({ bootstrap }: Pick<Config, 'bootstrap'>): ReadonlySet<string | undefined> {
  return new Set(bootstrap.map(peerOf))
}

export interface PolicyComponents {
  readonly node: Pick<SwarmNode, 'peerId' | 'getConnections'>
  readonly standings: Pick<Standings, 'of'>
}

export type PolicyInit = Pick<Config, 'bootstrap' | 'trust' | 'trustLocal' | 'swarmKey'>

export function createPolicy({ node, standings }: PolicyComponents, config: PolicyInit): Policy {
  const self = node.peerId.toString()
  const named = new Set(config.trust)
  const introduced = introducedPeers(config)

  const isNear = (peer: string): boolean =>
    node
      // Of this peer only: looking through all of them for each of many peers takes long.
      .getConnections(peerIdFromString(peer))
      .some(({ remotePeer, remoteAddr }) => remotePeer.toString() === peer && isLocal(remoteAddr))

  /** @param trustsAll whether everybody is trusted */
  function classWith(trustsAll: boolean, peer: string): PeerClass {
    const standing = standings.of(peer)
    return peerClassOf({
      isSelf: peer === self,
      isBanned: standing === 'banned',
      isTrusted: standing === 'trusted' || named.has(peer) || trustsAll,
      isMember: config.swarmKey !== undefined,
      isIntroduced: introduced.has(peer),
      isLocal: () => config.trustLocal && isNear(peer)
    })
  }

  const classOf = (peer: string): PeerClass => classWith(named.has('all'), peer)
  const isStranger = (peer: string): boolean => classWith(false, peer) === 'stranger'

  return { classOf, isStranger, may: (peer, right, share = 'all') => mayDo(classOf(peer), right, share) }
}

/** The peer id at the end of an address, behind a relay the last one. */
function peerOf(address: string): string | undefined {
  return multiaddr(address)
    .getComponents()
    .findLast((part) => part.name === 'p2p')?.value
}
