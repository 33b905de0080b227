import type { GossipSub, GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import type { PublishOpts } from '@chainsafe/libp2p-gossipsub/types'
import { TOPICS, type TopicName } from './topics.ts'

/** Neighbours up to which a node sends all of them what it says itself: they may have nobody else. Beyond, it would take the line of an owner. */
const FLOOD_MAX = 50

/** How a message spreads (docs/adr/0143): in few copies, since each costs the nodes at both ends a write, a read and a look. */
export const MESH = {
  // Neighbours that a message is passed on to: as many as wanted, at least, at most; of those kept when there are too many, by score and by who dialled.
  D: 3,
  Dlo: 2,
  // In a star the one in the middle has to reach many who have nobody else.
  Dhi: 12,
  Dscore: 2,
  Dout: 1,
  /** One encoding for all neighbours. */
  batchPublish: true,
  /** Other neighbours that hear each second which messages of the last three there were, and ask for those they miss: two, or this share. */
  Dlazy: 2,
  gossipFactor: 0.02,
  /** Bytes of a message above which saying that it is here costs less than its copies. */
  idontwantMinDataSize: 2048,
  /** Knows a copy by its signature, without checking that again. Only messages that were checked are remembered. */
  fastMsgIdFn: ({ signature }: { readonly signature?: Uint8Array | undefined }) =>
    signature == null
      ? ''
      : Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1')
} as const satisfies Partial<GossipsubOpts>

/** Takes options for one message; its published type leaves them out. */
interface Publisher extends GossipSub {
  publish: (topic: string, data?: Uint8Array, options?: PublishOpts) => ReturnType<GossipSub['publish']>
}

/** Sends a message of this node on its way. */
export async function publishOver(pubsub: GossipSub, topic: TopicName, data: Uint8Array): Promise<void> {
  const name = TOPICS[topic]
  // Introductions come from everybody, and come again.
  const floodPublish = topic !== 'nodes' && pubsub.getSubscribers(name).length <= FLOOD_MAX
  const publisher: Publisher = pubsub
  await publisher.publish(name, data, { floodPublish })
}
