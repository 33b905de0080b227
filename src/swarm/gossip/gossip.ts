import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { FAULTS, GOSSIP_VERDICT, LIMITS, ProtocolError } from '../protocol/index.ts'
import { CONDUCT } from '../doors/door-limits.ts'
import { publishOver } from './mesh.ts'
import { createWaiting } from './waiting.ts'
import { TOPICS, type TopicName } from './topics.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export type { TopicName } from './topics.ts'

export interface GossipMessage {
  readonly data: Uint8Array
  /** Peer id of the author, whose signature gossipsub has checked. */
  readonly author: string
  /** Peer id of the neighbour who passed it on. */
  readonly via: string
}

/** Accepts a message or throws; a `ProtocolError` decides whether it is forwarded and scored. */
export type GossipHandler = (message: GossipMessage) => Promise<void>

export interface Gossip {
  /** Sets the handler of a topic; one for each, before `start`. @throws Error if there is one already. */
  handle: (topic: TopicName, handler: GossipHandler) => void
  /** Subscribes to the topics that have a handler; the node has to be started. */
  start: () => void
  /** @throws ProtocolError `too-large`. It is no error when nobody listens; before `start` nobody does. */
  publish: (topic: TopicName, data: Uint8Array) => Promise<void>
  /** Publishes in the background; a failure is only logged. */
  say: (topic: TopicName, data: Uint8Array) => void
  stop: () => void
}

export interface GossipComponents {
  readonly node: SwarmNode
  readonly log: Logger
  /** Whose messages are heard; those of others are dropped and not passed on. Default: everybody's. */
  readonly mayAuthor?: (peer: string) => boolean
}

/** The topics of the swarm; messages of one topic are handled one after the other, in the order they came. */
export function createGossip({ node, log, mayAuthor = () => true }: GossipComponents): Gossip {
  const { pubsub, conduct } = node.services
  const handlers = new Map<TopicName, GossipHandler>()
  let started = false

  function listen(topic: TopicName, handle: GossipHandler): void {
    let tail: Promise<unknown> = Promise.resolve()
    const waiting = createWaiting({ max: CONDUCT.waitingMax, bytesMax: CONDUCT.waitingBytesMax })
    pubsub.topicValidators.set(TOPICS[topic], async (from, message) => {
      const via = from.toString()
      if (message.type !== 'signed' || !conduct.noteMessage(via)) return TopicValidatorResult.Ignore
      const author = message.from.toString()
      if (!mayAuthor(author)) return TopicValidatorResult.Ignore
      const leave = waiting.enter(via, message.data.byteLength)
      // It arrives again with the next sync.
      if (leave == null) return TopicValidatorResult.Ignore
      const verdict = tail.then(async () => judge(handle, { data: message.data, author, via }, topic))
      tail = verdict.finally(leave)
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
      // An exception in grav1 itself says nothing about the sender.
      const verdict = error instanceof ProtocolError ? GOSSIP_VERDICT[error.code] : 'ignore'
      if (error instanceof ProtocolError && FAULTS.has(error.code)) conduct.noteFault(message.via)
      return verdict === 'reject' ? TopicValidatorResult.Reject : TopicValidatorResult.Ignore
    }
  }

  async function publish(topic: TopicName, data: Uint8Array): Promise<void> {
    if (data.byteLength > LIMITS.envelopeBytesMax)
      throw new ProtocolError('too-large', `${data.byteLength} bytes do not fit into one gossip message`)
    if (started) await publishOver(pubsub, topic, data)
  }

  return {
    publish,
    say: (topic, data) => {
      publish(topic, data).catch((error: unknown) => log.debug({ topic, err: error }, 'not gossiped'))
    },
    handle: (topic, handler) => {
      if (handlers.has(topic)) throw new Error(`gossip of ${topic} has a handler already`)
      handlers.set(topic, handler)
    },
    start: () => {
      for (const [topic, handler] of handlers) listen(topic, handler)
      started = true
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
