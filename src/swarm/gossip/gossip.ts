import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { GOSSIP_VERDICT, LIMITS, ProtocolError } from '../protocol/index.ts'
import { TOPICS, type TopicName } from './topics.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export type { TopicName } from './topics.ts'

/** Messages of one topic that wait to be checked; above it the newest is dropped and comes again with the next exchange. */
const WAITING_MAX = 1024

export interface GossipMessage {
  readonly data: Uint8Array
  /** Peer id of the author, whose signature gossipsub has checked. */
  readonly author: string
  /** Peer id of the neighbour who passed it on. */
  readonly via: string
}

/** Takes a message in or throws; a `ProtocolError` decides whether it is forwarded and scored. */
export type GossipHandler = (message: GossipMessage) => Promise<void>

export interface Gossip {
  /** Subscribes; the node has to be started. */
  start: () => void
  /** @throws ProtocolError `too-large`. It is no error when nobody listens; before `start` nobody does. */
  publish: (topic: TopicName, data: Uint8Array) => Promise<void>
  stop: () => void
}

export interface GossipComponents {
  readonly node: SwarmNode
  readonly log: Logger
}

/** Every topic of the swarm; messages of one topic are handled one after the other, in the order they came. */
export function createGossip(
  { node, log }: GossipComponents,
  handlers: Readonly<Record<TopicName, GossipHandler>>
): Gossip {
  const { pubsub } = node.services
  let started = false

  function listen(topic: TopicName): void {
    const handle = handlers[topic]
    let tail: Promise<unknown> = Promise.resolve()
    let waiting = 0
    pubsub.topicValidators.set(TOPICS[topic], async (via, message) => {
      if (message.type !== 'signed' || waiting >= WAITING_MAX) return TopicValidatorResult.Ignore
      const author = message.from.toString()
      waiting += 1
      const verdict = tail.then(async () => judge(handle, { data: message.data, author, via: via.toString() }, topic))
      tail = verdict.finally(() => (waiting -= 1))
      return verdict
    })
    pubsub.subscribe(TOPICS[topic])
  }

  async function judge(handle: GossipHandler, message: GossipMessage, topic: TopicName): Promise<TopicValidatorResult> {
    try {
      if (message.data.byteLength > LIMITS.envelopeBytesMax)
        throw new ProtocolError('too-large', 'larger than an envelope may be')
      await handle(message)
      return TopicValidatorResult.Accept
    } catch (error) {
      log.debug({ topic, via: message.via, err: error }, 'refused gossip')
      // An exception of our own says nothing about the sender.
      const verdict = error instanceof ProtocolError ? GOSSIP_VERDICT[error.code] : 'ignore'
      return verdict === 'reject' ? TopicValidatorResult.Reject : TopicValidatorResult.Ignore
    }
  }

  return {
    start: () => {
      for (const topic of Object.keys(TOPICS) as TopicName[]) listen(topic)
      started = true
    },
    publish: async (topic, data) => {
      if (data.byteLength > LIMITS.envelopeBytesMax)
        throw new ProtocolError('too-large', `${data.byteLength} bytes do not fit into one gossip message`)
      if (started) await pubsub.publish(TOPICS[topic], data)
    },
    stop: () => {
      if (!started) return
      started = false
      for (const topic of Object.values(TOPICS)) {
        pubsub.topicValidators.delete(topic)
        pubsub.unsubscribe(topic)
      }
    }
  }
}
