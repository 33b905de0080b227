import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { createGossip, createSigner, deriveProjectId } from '../../../src/swarm/index.ts'
import { TOPICS } from '../../../src/swarm/gossip/topics.ts'
import { encodeLogRecord, LIMITS, ProtocolError } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'
import { connect, silent, testNode } from '../../fixtures/swarm-node.ts'
import { subscribed, swarmPeer, type SwarmPeer } from '../../fixtures/swarm-peer.ts'

/** A dial may break on a busy machine; a node dials again, and so does this. */
async function dialUntilConnected(from: SwarmPeer, to: SwarmPeer): Promise<void> {
  await eventually('a connection', async () =>
    connect(from.node, to.node).then(
      () => true,
      () => false
    )
  )
}

test('one record reaches 15 nodes in a star with a few links', async () => {
  const peers = await Promise.all(Array.from({ length: 15 }, swarmPeer))
  const [hub, ...others] = peers as [SwarmPeer, ...SwarmPeer[]]
  for (const other of others) await dialUntilConnected(other, hub)
  for (const [from, to] of [
    [1, 2],
    [3, 7],
    [4, 11],
    [12, 13],
    [13, 14]
  ] as const)
    await dialUntilConnected(peers[from] as SwarmPeer, peers[to] as SwarmPeer)
  await subscribed(hub, 14)
  const author = peers[14] as SwarmPeer
  await subscribed(author, 1)
  const { projectId, envelope } = await author.announce()
  await author.gossip.publish('log', envelope)
  await eventually('everybody knows the project', () => peers.every(({ book }) => book.views.has(projectId)))
  for (const priority of [1, 2, 3, 4, 5])
    await author.gossip.publish('log', await author.append(projectId, { type: 'update', priority }))
  await eventually('everybody knows the last change', () =>
    peers.every(({ book }) => book.views.get(projectId)?.priority === 5)
  )
  const views = peers.map(({ book }) => book.views.get(projectId))
  for (const view of views) expect(view).toEqual(views[0])
})

/** Three in a row: what the middle does not forward never comes to the last. */
async function row(): Promise<[SwarmPeer, SwarmPeer, SwarmPeer]> {
  const peers = (await Promise.all([swarmPeer(), swarmPeer(), swarmPeer()])) as [SwarmPeer, SwarmPeer, SwarmPeer]
  const [first, middle, last] = peers
  await connect(first.node, middle.node)
  await connect(last.node, middle.node)
  await subscribed(middle, 2)
  await subscribed(first, 1)
  await subscribed(last, 1)
  return peers
}

test('what is badly signed, oversized, of another or of nothing known is not forwarded; what is good is', async () => {
  const [first, middle, last] = await row()
  const raw = first.node.services.pubsub
  const nonce = randomBytes(16).toString('hex')
  const record = (owner: string) =>
    encodeLogRecord({
      projectId: deriveProjectId(owner, nonce),
      epoch: 1,
      seq: 0,
      prev: '',
      body: { type: 'announce', announce: { ...announceSample, nonce } }
    })
  const bad: Record<string, Uint8Array> = {
    'not an envelope': randomBytes(200),
    'the id of another owner': await first.signer.sign('log', record(last.id)),
    'signed as something else': await first.signer.sign('beat', record(first.id)),
    'not a record': await first.signer.sign('log', randomBytes(100))
  }
  const flipped = await first.signer.sign('log', record(first.id))
  flipped[flipped.byteLength - 1] = (flipped.at(-1) ?? 0) ^ 1
  bad['a flipped signature'] = flipped
  for (const data of Object.values(bad)) await raw.publish(TOPICS.log, data)
  await raw.publish(TOPICS.log, new Uint8Array(LIMITS.envelopeBytesMax + 1))
  await eventually('the middle has refused them', () => middle.heard.length === Object.keys(bad).length)
  expect(middle.heard.map(({ outcome }) => outcome).toSorted()).toEqual([
    'bad-signature',
    'bad-signature',
    'bad-signature',
    'malformed',
    'wrong-signer'
  ])
  // One of somebody else who is honest is forwarded after all of them, in order.
  const { projectId, envelope } = await middle.announce()
  await middle.gossip.publish('log', envelope)
  await eventually('the last has heard the good one', () => last.book.views.has(projectId))
  expect(last.heard.map(({ outcome }) => outcome)).toEqual(['taken'])
})

test('a record of a stranger is forwarded when its own signature holds', async () => {
  const [first, , last] = await row()
  const stranger = createSigner(await generateKeyPair('Ed25519'))
  const nonce = randomBytes(16).toString('hex')
  const projectId = deriveProjectId(stranger.peerId, nonce)
  const body = { type: 'announce' as const, announce: { ...announceSample, nonce } }
  const envelope = await stranger.sign('log', encodeLogRecord({ projectId, epoch: 1, seq: 0, prev: '', body }))
  await first.gossip.publish('log', envelope)
  await eventually('it came', () => last.book.views.get(projectId)?.owner === stranger.peerId)
})

test('too large a message is not published, and nobody listening is no error', async () => {
  const alone = await swarmPeer()
  const { envelope } = await alone.announce()
  await alone.gossip.publish('log', envelope)
  const publishing = alone.gossip.publish('log', new Uint8Array(LIMITS.envelopeBytesMax + 1))
  await expect(publishing).rejects.toThrow(ProtocolError)
})

test('a node that sends wrongly signed records is heard by nobody in the end, and nobody honest is scored for it', async () => {
  const GRAYLIST = -80
  const [liar, middle, last] = await row()
  const score = (of: SwarmPeer, peer: SwarmPeer): number =>
    (of.node.services.pubsub as unknown as { getScore: (id: string) => number }).getScore(peer.id)
  const record = encodeLogRecord({
    projectId: deriveProjectId(last.id, announceSample.nonce),
    epoch: 1,
    seq: 0,
    prev: '',
    body: { type: 'announce', announce: announceSample }
  })
  for (let lies = 0; lies < 3; lies += 1) {
    // Each differs, or it would be known already.
    const forged = await liar.signer.sign('log', record)
    forged[forged.byteLength - 1 - lies] = (forged.at(-1 - lies) ?? 0) ^ 1
    await liar.node.services.pubsub.publish(TOPICS.log, forged)
    await eventually('the lie was heard', () => middle.heard.length > lies)
  }
  expect(middle.heard.map(({ outcome }) => outcome)).toEqual(Array(3).fill('bad-signature'))
  await eventually('the liar is scored', () => score(middle, liar) < GRAYLIST)
  expect([score(middle, last), score(last, middle), score(liar, middle)]).toEqual([0, 0, 0])
  // What the liar says does not arrive at all from then on; what others say does. Gossipsub goes on with a peer for up to a second, whatever its score.
  await eventually('the liar is not heard', async () => {
    const { envelope } = await liar.announce()
    await liar.gossip.publish('log', envelope)
    const good = await last.announce()
    await last.gossip.publish('log', good.envelope)
    await eventually('the honest one is heard', () => middle.book.views.has(good.projectId))
    return !middle.heard.some(({ data, via }) => via === liar.id && Buffer.from(data).equals(envelope))
  })
})

test('a topic has one handler, and a node without one for it does not take part in it', async () => {
  const node = await testNode()
  const gossip = createGossip({ node, log: silent })
  gossip.handle('log', async () => {})
  expect(() => gossip.handle('log', async () => {})).toThrow('has a handler already')
  gossip.start()
  expect(node.services.pubsub.getTopics()).toEqual([TOPICS.log])
  gossip.stop()
  expect(node.services.pubsub.getTopics()).toEqual([])
})
