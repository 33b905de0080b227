import { expect, test } from 'vitest'
import { MESH, publishOver } from '../../../../src/swarm/gossip/mesh.ts'
import { TOPICS, type TopicName } from '../../../../src/swarm/gossip/topics.ts'
import type { GossipSub } from '@chainsafe/libp2p-gossipsub'

const signed = (...bytes: number[]) => MESH.fastMsgIdFn({ signature: Uint8Array.from(bytes) })

test('a copy is known by its signature, and a message with another one, or with none, is no copy', () => {
  expect(signed(1, 2, 255)).toBe(MESH.fastMsgIdFn({ signature: Uint8Array.of(9, 1, 2, 255).subarray(1) }))
  expect(signed(1, 2, 255)).not.toBe(signed(1, 2, 254))
  expect(MESH.fastMsgIdFn({})).not.toBe(signed(0))
})

/** Whether a node with so many neighbours sends a message to all of them. */
async function isFlooded(topic: TopicName, neighbours: number): Promise<unknown> {
  const asked: unknown[] = []
  const pubsub = {
    getSubscribers: (name: string) => (name === TOPICS[topic] ? Array.from({ length: neighbours }) : []),
    publish: async (...args: unknown[]) => asked.push(args)
  }
  const data = Uint8Array.of(7)
  await publishOver(pubsub as unknown as GossipSub, topic, data)
  const [[name, sent, options]] = asked as [[string, Uint8Array, unknown]]
  expect([name, sent]).toEqual([TOPICS[topic], data])
  return options
}

test('a node sends what it says itself to all of few neighbours, to some of many, and introductions always to some', async () => {
  for (const topic of ['log', 'beats'] as const) {
    expect(await isFlooded(topic, 50)).toEqual({ floodPublish: true })
    expect(await isFlooded(topic, 51)).toEqual({ floodPublish: false })
  }
  expect(await isFlooded('nodes', 2)).toEqual({ floodPublish: false })
})
