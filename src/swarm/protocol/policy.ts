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
  /** Take scenes of a project of this node, and deliver results, which programs here decode. */
  | 'results'
  /** Be served pieces and encoded scenes of a project of this node. */
  | 'pieces'
  /** See the log, the beats and the title of a project of this node. */
  | 'log'
  /** Be served finished films. */
  | 'film'
  /** Have results accepted that were not proved. */
  | 'unproved'
  /** Be reachable through this node, where it is a relay. */
  | 'relay'
  /** Be believed alone about the address at which this node can be reached. */
  | 'address'

/** Whom an owner lets see a project, and have its pieces and scenes. */
export type Share = 'all' | 'trusted'

/** What rights depend on besides the class. */
export interface Terms {
  /** Of the project that it is about; matters for `results`, `pieces` and `log` only. */
  readonly share: Share
  /** The programs of this node run in a sandbox; matters for {@link reachesPrograms} only. */
  readonly isBoxed: boolean
}

/** Whether bytes of a peer reach decoders and encoders by this right. Where these run without a sandbox, `--trust all` trusts nobody. */
export const reachesPrograms = (right: Right): boolean => right === 'encode' || right === 'results'

const KNOWN: readonly Right[] = [
  'connect',
  'encode',
  'room',
  'results',
  'pieces',
  'log',
  'film',
  'unproved',
  'relay',
  'address'
]
const EVERYTHING: readonly Right[] = [...KNOWN, 'command']

/** Who may do what, by class: the one table that every door of a node asks. */
const POLICY: Readonly<Record<PeerClass, (terms: Terms) => readonly Right[]>> = {
  self: () => EVERYTHING,
  banned: () => [],
  trusted: () => EVERYTHING,
  member: () => EVERYTHING,
  introduced: () => KNOWN,
  local: () => KNOWN,
  stranger: ({ share, isBoxed }) => {
    if (share === 'trusted') return ['connect']
    return isBoxed ? ['connect', 'results', 'pieces', 'log'] : ['connect', 'pieces', 'log']
  }
}

/** Whether a peer of a class may do something. */
export const mayDo = (peerClass: PeerClass, right: Right, terms: Terms): boolean =>
  POLICY[peerClass](terms).includes(right)

/**
 * [RULE 86] Whether a peer is told of a project, by a node that has its log. Its owner is: it may have lost it.
 * @param may whether the peer has the right `log` for a share
 */
export const isTold = (
  peer: string,
  { owner, announce }: { readonly owner: string; readonly announce: { readonly share: Share } },
  may: (share: Share) => boolean
): boolean => peer === owner || announce.share === 'all' || may(announce.share)

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

/** A ban overrides everything else, except for the node itself: a peer that is both trusted and banned is banned. */
export function peerClassOf({ isSelf, isBanned, isTrusted, isMember, isIntroduced, isLocal }: PeerFacts): PeerClass {
  if (isSelf) return 'self'
  if (isBanned) return 'banned'
  if (isTrusted) return 'trusted'
  if (isMember) return 'member'
  if (isIntroduced) return 'introduced'
  return isLocal() ? 'local' : 'stranger'
}
