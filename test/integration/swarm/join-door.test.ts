import { randomBytes } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { expect, test } from 'vitest'
import { newSwarmKey } from '../../../src/node/disk/swarm-key.ts'
import { framed, JOIN_GREETING } from '../../../src/swarm/invite/join-door.ts'
import { putQuestion } from '../../../src/swarm/invite/put-question.ts'
import { LIMITS } from '../../../src/swarm/protocol/index.ts'
import { connect, testNode } from '../../fixtures/swarm-node.ts'

const swarmKey = Buffer.from(newSwarmKey())

/** A node of a private swarm that answers every question with its bytes in reverse. */
async function host() {
  const heard: string[] = []
  const node = await testNode({
    swarmKey,
    answerJoin: async (envelope, range) => {
      heard.push(`${envelope.byteLength} bytes from ${range}`)
      return envelope.toReversed()
    }
  })
  const addresses = node.getMultiaddrs().map((address) => address.toString())
  const port = Number(/tcp\/(\d+)/.exec(addresses[0] ?? '')?.[1])
  return { node, heard, addresses, port }
}

test('on one port who has no key gets an answer, and who has it gets a connection', async () => {
  const { node, heard, addresses } = await host()
  const question = randomBytes(LIMITS.joinMessageBytesMax)
  expect(Buffer.from(await putQuestion(addresses, question))).toEqual(Buffer.from(question.toReversed()))
  expect(heard).toEqual([`${LIMITS.joinMessageBytesMax} bytes from 127.0.0.0/24`])
  const member = await testNode({ swarmKey: Buffer.from(swarmKey) })
  await connect(member, node)
  const latencyMs = await member.services.ping.ping(node.peerId)
  expect(latencyMs).toBeGreaterThanOrEqual(0)
  expect(node.getPeers().map(String)).toEqual([member.peerId.toString()])
})

test('several questions at once are all answered, and what is asked leaves no connection', async () => {
  const { node, addresses } = await host()
  const questions = Array.from({ length: 8 }, () => randomBytes(100))
  const answers = await Promise.all(questions.map(async (question) => putQuestion(addresses, question)))
  expect(answers.map((answer) => Buffer.from(answer))).toEqual(questions.map((one) => Buffer.from(one.toReversed())))
  expect(node.getConnections()).toEqual([])
})

test.for([
  [
    'a question that is too long',
    Buffer.concat([JOIN_GREETING, framed(new Uint8Array(LIMITS.joinMessageBytesMax + 1))])
  ],
  ['half a greeting', JOIN_GREETING.subarray(0, 12)],
  ['a greeting and half a question', Buffer.concat([JOIN_GREETING, framed(new Uint8Array(100)).subarray(0, 60)])]
] as const)('%s is cut off without an answer', async ([, bytes]) => {
  const { heard, port } = await host()
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => {})
  const got: Buffer[] = []
  socket.on('data', (data: Buffer) => got.push(data))
  socket.end(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  expect([heard, Buffer.concat(got).byteLength]).toEqual([[], 0])
})

test('a node without a door, and no node, are said to be not reached', async () => {
  const open = await testNode()
  const closed = await testNode({ swarmKey })
  const addresses = [
    ...open.getMultiaddrs().map(String),
    ...closed.getMultiaddrs().map(String),
    `/ip4/127.0.0.1/tcp/1/p2p/${open.peerId.toString()}`
  ]
  await expect(putQuestion(addresses, randomBytes(100), { answerMs: 30_000 })).rejects.toMatchObject({
    code: 'not-reached'
  })
  await expect(putQuestion([], randomBytes(100))).rejects.toThrow('no address that can be dialled')
})
