import type { PeerStatus, ProjectStatus } from '../../../src/api/schemas/index.ts'

/** A stranger that has something for this node, or could do something for it. */
export interface AskingPeer {
  readonly peerId: string
  /** What it calls itself; empty where nothing was heard of it. */
  readonly name: string
  /** Titles of its unfinished projects. */
  readonly offers: readonly string[]
  /** Its encoding slots, while it is connected and this node has something to encode; otherwise 0. */
  readonly slots: number
}

type Peer = Pick<PeerStatus, 'peerId' | 'name' | 'class' | 'connected' | 'slots'>
type Project = Pick<ProjectStatus, 'owner' | 'own' | 'title' | 'endedAtMs'>

/** The strangers that a user may want to decide about, those with projects first. */
export function askingPeers(peers: readonly Peer[], projects: readonly Project[]): AskingPeer[] {
  const known = new Map(peers.map((peer) => [peer.peerId, peer]))
  const open = projects.filter(({ endedAtMs }) => endedAtMs === null)
  const offered = Map.groupBy(
    open.filter(({ own }) => !own),
    ({ owner }) => owner
  )
  const needsHelp = open.some(({ own }) => own)
  return [...new Set([...offered.keys(), ...known.keys()])]
    .map((peerId) => {
      const peer = known.get(peerId)
      const offers = (offered.get(peerId) ?? []).map(({ title }) => title)
      const slots = needsHelp && peer?.connected === true ? peer.slots : 0
      return { peerId, name: peer?.name ?? '', offers, slots }
    })
    .filter(({ peerId, offers, slots }) => {
      // An owner that was never heard of is a stranger too.
      const isStranger = (known.get(peerId)?.class ?? 'stranger') === 'stranger'
      return isStranger && (offers.length > 0 || slots > 0)
    })
    .toSorted((a, b) => b.offers.length - a.offers.length || (a.peerId < b.peerId ? -1 : 1))
}
