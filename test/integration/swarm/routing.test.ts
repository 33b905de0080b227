import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect, onTestFinished, test } from 'vitest'
import { createRouting, projectKey, type Routing } from '../../../src/swarm/routing.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, dhtNode, silent } from '../../fixtures/swarm-node.ts'
import type { RoutingInit } from '../../../src/swarm/routing.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'

const PROJECT = 'b'.repeat(52)

function routing(node: SwarmNode, init: RoutingInit = {}): Routing {
  const created = createRouting({ node, log: silent }, { retryMs: 50, ...init })
  created.start()
  onTestFinished(() => created.stop())
  return created
}

async function providersOf(from: Routing, projectId: string): Promise<string[]> {
  const found: string[] = []
  for await (const peer of from.findProviders(projectId, { signal: AbortSignal.timeout(60_000) })) found.push(peer)
  return found
}

/** Whether a node itself holds the note of another that provides a project. */
async function hasNoted(node: SwarmNode, projectId: string, provider: SwarmNode): Promise<boolean> {
  try {
    // Its own notes come first and at once; with none it goes on to ask others, which is not wanted here.
    const signal = AbortSignal.timeout(300)
    for await (const event of node.services.dht.findProviders(projectKey(projectId), { signal }))
      if (event.name === 'PROVIDER' && event.from.equals(node.peerId))
        return event.providers.some(({ id }) => id.equals(provider.peerId))
  } catch {
    // Nobody answered in time.
  }
  return false
}

test('the last of a line finds the first, by a project and by its id, and reaches it', async () => {
  const [a, b, c] = await Promise.all([dhtNode(), dhtNode(), dhtNode()])
  // Before anybody is there to tell: the beginning waits for nobody.
  routing(a).provide(PROJECT)
  await connect(a, b)
  await connect(b, c)
  await eventually('the neighbour has the note', async () => hasNoted(b, PROJECT, a))

  const d = await dhtNode()
  await connect(d, c)
  const asker = routing(d)
  await eventually('found by project', async () => (await providersOf(asker, PROJECT)).includes(a.peerId.toString()))

  const e = await dhtNode()
  await connect(e, c)
  const other = routing(e)
  const id = a.peerId.toString()
  await eventually('found by id', async () => other.findPeer(id, { signal: AbortSignal.timeout(60_000) }))
  const connection = await e.dial(a.peerId)
  expect(connection.remotePeer.toString()).toBe(id)
})

test('what nobody provides, or nobody is, is not found', async () => {
  const [a, b] = await Promise.all([dhtNode(), dhtNode()])
  await connect(a, b)
  const asker = routing(a)
  const nobody = await dhtNode()
  await nobody.stop()
  expect(await providersOf(asker, PROJECT)).toEqual([])
  const signal = AbortSignal.timeout(60_000)
  expect(await asker.findPeer(nobody.peerId.toString(), { signal })).toBe(false)
  expect(await asker.findPeer(a.peerId.toString(), { signal })).toBe(false)
  expect(await asker.findPeer(b.peerId.toString(), { signal })).toBe(true)
})

test('a node alone gets its answers at once, and tells nobody', async () => {
  const alone = await dhtNode()
  const asker = routing(alone)
  asker.provide(PROJECT)
  const signal = AbortSignal.abort(new Error('given up'))
  expect(await providersOf(asker, PROJECT)).toEqual([])
  await expect(asker.findPeer((await dhtNode()).peerId.toString(), { signal })).rejects.toThrow('given up')
})

test('a project that was withdrawn is not told any more', async () => {
  const [a, b, late] = await Promise.all([dhtNode(), dhtNode(), dhtNode()])
  await connect(a, b)
  const owner = routing(a, { provideMs: 100 })
  owner.provide(PROJECT)
  owner.provide('kept')
  await eventually('both are noted', async () => (await hasNoted(b, PROJECT, a)) && hasNoted(b, 'kept', a))
  owner.withdraw(PROJECT)
  await eventually('its own note is gone', async () => !(await hasNoted(a, PROJECT, a)))
  await connect(a, late)
  await eventually('the newcomer is told of the other', async () => hasNoted(late, 'kept', a))
  owner.provide('last')
  await eventually('and of what came after', async () => hasNoted(late, 'last', a))
  expect(await hasNoted(late, PROJECT, a)).toBe(false)
  expect(await hasNoted(a, PROJECT, a)).toBe(false)
})

test('the DHT keeps no values: a public key is refused, with padding or without', async () => {
  const datastore = new MemoryDatastore()
  const [victim, sender, { publicKey }] = await Promise.all([
    dhtNode({ datastore }),
    dhtNode(),
    generateKeyPair('Ed25519')
  ])
  await connect(sender, victim)
  const name = Buffer.concat([Buffer.from('/pk/'), publicKey.toMultihash().bytes])
  const value = publicKeyToProtobuf(publicKey)
  // A field that nobody knows, of 1,000 bytes: the key is as good with it.
  const padded = Buffer.concat([value, Buffer.from([0x7a, 0xe8, 0x07]), Buffer.alloc(1000)])
  for (const one of [value, padded]) {
    const events: string[] = []
    for await (const event of sender.services.dht.put(name, one, { signal: AbortSignal.timeout(5000) }))
      events.push(event.name === 'PEER_RESPONSE' ? `answer to ${event.messageName}` : event.name)
    // It was sent, and the other side hung up.
    expect(events).toContain('QUERY_ERROR')
    expect(events).not.toContain('answer to PUT_VALUE')
  }
  const kept = await Array.fromAsync(datastore.queryKeys({}), String)
  expect(kept.filter((key) => key.startsWith('/dht/record/'))).toEqual([])
})
