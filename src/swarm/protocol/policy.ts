/**
 * Who a peer is to this node, in the order in which it is decided. `banned`, `trusted`: by the user's word. `member`: it holds the key of this private swarm. `introduced`: `--bootstrap` names it by its peer id. `local`: a connection
 * with it comes over this machine or the local network. `stranger`: anybody else.
 */
export type PeerClass = 'self' | 'banned' | 'trusted' | 'member' | 'introduced' | 'local' | 'stranger'

/** Something that a node lets a peer do. */
export type Right =
  /** Have a connection, and be heard in gossip. */
  | 'connect'
  /** Have its projects encoded here. */
  | 'encode'
  /** Keep the logs of its projects here in the room of known owners. */
  | 'room'
  /** Give orders for this node's projects. */
  | 'command'
  /** Take scenes of a project of this node, and be served its pieces and encoded scenes. */
  | 'pieces'
  /** Be told the title of a project of this node. */
  | 'titles'
  /** Be served finished films. */
  | 'film'
  /** Have results accepted that were not proved. */
  | 'unproved'
  /** Be reachable through this node, where it is a relay. */
  | 'relay'

/** Whom an owner lets have title, pieces and scenes of a project. */
export type Share = 'all' | 'trusted'

const KNOWN: readonly Right[] = ['connect', 'encode', 'room', 'pieces', 'titles', 'film', 'unproved', 'relay']
const EVERYTHING: readonly Right[] = [...KNOWN, 'command']

/** Who may do what, by class: the one table that every door of a node asks. */
const POLICY: Readonly<Record<PeerClass, (share: Share) => readonly Right[]>> = {
  self: () => EVERYTHING,
  banned: () => [],
  trusted: () => EVERYTHING,
  member: () => EVERYTHING,
  introduced: () => KNOWN,
  local: () => KNOWN,
  stranger: (share) => (share === 'all' ? ['connect', 'pieces', 'titles'] : ['connect'])
}

/** Whether a peer of a class may do something. @param share of the project that it is about; matters for `pieces` and `titles` only */
export const mayDo = (peerClass: PeerClass, right: Right, share: Share): boolean =>
  POLICY[peerClass](share).includes(right)

/** What decides the class of a peer. */
export interface PeerFacts {
  readonly isSelf: boolean
  readonly isBanned: boolean
  readonly isTrusted: boolean
  readonly isMember: boolean
  readonly isIntroduced: boolean
  /** Asked last, since it looks at connections. */
  readonly isLocal: () => boolean
}

/** A ban counts above everything but the node itself: who is named twice is banned. */
export function peerClassOf({ isSelf, isBanned, isTrusted, isMember, isIntroduced, isLocal }: PeerFacts): PeerClass {
  if (isSelf) return 'self'
  if (isBanned) return 'banned'
  if (isTrusted) return 'trusted'
  if (isMember) return 'member'
  if (isIntroduced) return 'introduced'
  return isLocal() ? 'local' : 'stranger'
}
