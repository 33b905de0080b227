import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, onTestFinished, test } from 'vitest'
import { newSwarmKey } from '../../../src/node/disk/swarm-key.ts'
import {
  type AnswerJoin,
  answerTo,
  askFor,
  createJoinRelay,
  createRelayServer,
  createSigner,
  newSecret,
  openQuestion,
  putQuestion
} from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, silent, testNode } from '../../fixtures/swarm-node.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

const DEADLINE = { deadlineMs: 60_000 }
const PATIENT = { answerMs: 60_000 }
const swarmKey = Buffer.from(newSwarmKey())
const secret = newSecret()

/** Welcomes who shows the ticket of this test. */
function welcome(privateKey: Ed25519PrivateKey, heard: string[]): AnswerJoin {
  const signer = createSigner(privateKey)
  return async (envelope, range) => {
    heard.push(range)
    const question = await openQuestion(envelope, signer.peerId)
    return answerTo(signer, question, { status: 'welcome', swarmKey })
  }
}

/** A node of the private swarm with both sides of a relayed question. */
async function member(privateKey: Ed25519PrivateKey, relays: number, reserved: () => readonly string[]) {
  const heard: string[] = []
  const held: { answer?: AnswerJoin } = {}
  const answerJoin: AnswerJoin = async (...question) => {
    if (held.answer === undefined) throw new Error('it starts')
    return held.answer(...question)
  }
  const node = await testNode({ privateKey, swarmKey, relays, answerJoin })
  const joins = createJoinRelay(
    { node, answer: welcome(privateKey, heard), reserved, log: silent },
    { deadlineMs: 60_000 }
  )
  held.answer = joins.answer
  await joins.start()
  onTestFinished(joins.stop)
  return { node, heard, address: String(node.getMultiaddrs()[0]) }
}

test('a machine that reaches the relay only gets the key from the node behind it', async () => {
  const [atRelay, atHome, atAttic, guest] = await Promise.all(
    Array.from({ length: 4 }, async () => generateKeyPair('Ed25519'))
  )
  if (atRelay === undefined || atHome === undefined || atAttic === undefined || guest === undefined) throw new Error()
  const reserved: { list: () => readonly string[] } = { list: () => [] }
  const [relay, home] = await Promise.all([member(atRelay, 0, () => reserved.list()), member(atHome, 1, () => [])])
  const server = createRelayServer(
    { node: relay.node, log: silent, mayReserve: () => true },
    { peersMax: 4, bytesPerHour: 0 }
  )
  await server.start()
  onTestFinished(server.stop)
  reserved.list = server.reserved
  await connect(home.node, relay.node)
  const inviter = home.node.peerId.toString()
  await eventually('it is reachable through the relay', () => server.reserved().includes(inviter), DEADLINE)
  const through = `${relay.address}/p2p-circuit/p2p/${inviter}`
  const nowhere = `/ip4/127.0.0.1/tcp/1/p2p/${inviter}`

  const question = await askFor(guest, { inviter, secret }, 'kitchen-nas')
  const reply = await putQuestion([nowhere, through, through], question.envelope, PATIENT)
  const answer = await question.open(reply)
  expect(answer.status === 'welcome' && Buffer.from(answer.swarmKey).equals(swarmKey)).toBe(true)
  expect(home.heard).toEqual([`relay ${relay.node.peerId.toString()}`])
  expect(relay.heard).toEqual([])

  // A question for the relay itself stays there; one for a node that is not behind it is not passed on.
  const own = await askFor(guest, { inviter: relay.node.peerId.toString(), secret }, 'kitchen-nas')
  expect(await own.open(await putQuestion([relay.address], own.envelope, PATIENT))).toMatchObject({ status: 'welcome' })
  const other = await askFor(guest, { inviter: peerIdFromPrivateKey(atAttic).toString(), secret }, 'kitchen-nas')
  await expect(putQuestion([relay.address], other.envelope)).rejects.toMatchObject({ code: 'not-reached' })
  expect(home.heard).toHaveLength(1)

  // What the relay changes is found out.
  const forged = Uint8Array.from(reply, (byte, index) => (index === reply.byteLength - 1 ? byte ^ 1 : byte))
  await expect(question.open(forged)).rejects.toThrow()
})
