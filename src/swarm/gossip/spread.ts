import type { IsTold, LogBook } from '../log-book.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { Sync } from '../sync/sync.ts'
import type { Gossip, TopicName } from './gossip.ts'

export interface SpreadComponents {
  readonly node: Pick<SwarmNode, 'getPeers'>
  readonly gossip: Pick<Gossip, 'publish' | 'say'>
  readonly book: Pick<LogBook, 'views'>
  readonly sync: Pick<Sync, 'tell'>
  /** Whether a peer may know of a project. */
  readonly toldTo: (peer: string) => IsTold
}

type ProjectTopic = Exclude<TopicName, 'nodes'>

/** Says records and beats of projects to whoever may know of them. */
export interface Spread {
  /** @throws ProtocolError `too-large` */
  readonly publish: (projectId: string, topic: ProjectTopic, envelope: Uint8Array) => Promise<void>
  /** In the background; a failure is only logged. */
  readonly say: (projectId: string, topic: ProjectTopic, envelope: Uint8Array) => void
}

/** Projects for all go by gossip. Gossip has no receivers: of others, the peers that may know of them are asked to pull. */
export function createSpread({ node, gossip, book, sync, toldTo }: SpreadComponents): Spread {
  /** Tells those that may know of a project that is not for all. @returns whether it was such a project, which gossip leaves out */
  function toldApart(projectId: string): boolean {
    const view = book.views.get(projectId)
    if (view === undefined || view.announce.share === 'all') return false
    for (const peer of node.getPeers().map(String)) if (toldTo(peer)(view)) sync.tell(peer)
    return true
  }

  return {
    publish: async (projectId, topic, envelope) => {
      if (!toldApart(projectId)) await gossip.publish(topic, envelope)
    },
    say: (projectId, topic, envelope) => {
      if (!toldApart(projectId)) gossip.say(topic, envelope)
    }
  }
}
