import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { SwarmNode } from '../../swarm/index.ts'
import {
  mayDo,
  peerClassOf,
  reachesPrograms,
  type ClaimRefusal,
  type PeerClass,
  type Right,
  type Share
} from '../../swarm/protocol/index.ts'
import type { FoundSandbox } from '../../platform/index.ts'
import type { Config } from '../config/types.ts'
import { isLocal } from './local-address.ts'
import type { Standings } from './standings.ts'

/** Who may do what at this node, as things are now: a connection, or the user's word, changes it at once. */
export interface Policy {
  readonly classOf: (peer: string) => PeerClass
  /** @param share of the project that it is about. Default `all` */
  readonly may: (peer: string, right: Right, share?: Share) => boolean
  /** The peer would have the right if programs ran in a sandbox here. */
  readonly lacksSandbox: (peer: string, right: Right, share?: Share) => boolean
  /** Why the peer gets no scenes of a project of this node; undefined if it gets some. */
  readonly claimRefusal: (peer: string, share?: Share) => ClaimRefusal | undefined
}

/** Peers whose address the user gave, with their id. */
export function introducedPeers({ bootstrap }: Pick<Config, 'bootstrap'>): ReadonlySet<string | undefined> {
  return new Set(bootstrap.map(peerOf))
}

export interface PolicyComponents {
  readonly node: Pick<SwarmNode, 'peerId' | 'getConnections'>
  readonly standings: Pick<Standings, 'of'>
  readonly sandbox: Pick<FoundSandbox, 'type'>
}

export type PolicyInit = Pick<Config, 'bootstrap' | 'trust' | 'trustLocal' | 'swarmKey'>

export function createPolicy({ node, standings, sandbox }: PolicyComponents, config: PolicyInit): Policy {
  const isBoxed = sandbox.type === 'boxed'
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

  function may(peer: string, right: Right, share: Share = 'all'): boolean {
    const peerClass = isBoxed || !reachesPrograms(right) ? classOf(peer) : classWith(false, peer)
    return mayDo(peerClass, right, { share, isBoxed })
  }

  const lacksSandbox = (peer: string, right: Right, share: Share = 'all'): boolean =>
    !may(peer, right, share) && mayDo(classOf(peer), right, { share, isBoxed: true })

  return {
    classOf,
    may,
    lacksSandbox,
    claimRefusal: (peer, share) => {
      if (may(peer, 'results', share)) return undefined
      return lacksSandbox(peer, 'results', share) ? 'owner-no-sandbox' : 'not-shared'
    }
  }
}

/** The peer id at the end of an address, behind a relay the last one. */
function peerOf(address: string): string | undefined {
  return multiaddr(address)
    .getComponents()
    .findLast((part) => part.name === 'p2p')?.value
}
