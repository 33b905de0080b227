import { expect, test } from 'vitest'
import { newSwarmKey } from '../../../src/node/disk/swarm-key.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, testNode } from '../../fixtures/swarm-node.ts'
import { subscribed, swarmPeer } from '../../fixtures/swarm-peer.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'

const newKey = (): Uint8Array => Buffer.from(newSwarmKey())

/** Dials; gives what came of it, within 15 s. */
async function dialled(from: SwarmNode, to: SwarmNode): Promise<'connected' | 'refused'> {
  try {
    await from.dial(to.getMultiaddrs(), { signal: AbortSignal.timeout(15_000) })
    return 'connected'
  } catch {
    return 'refused'
  }
}

test('with the same key logs and gossip pass', async () => {
  const swarmKey = newKey()
  const [a, b] = await Promise.all([swarmPeer({ swarmKey }), swarmPeer({ swarmKey: Buffer.from(swarmKey) })])
  const before = await a.announce()
  await connect(b.node, a.node)
  await eventually('the log came by sync', () => b.book.views.has(before.projectId))
  await subscribed(a, 1)
  const after = await a.announce()
  await a.gossip.publish('log', after.envelope)
  await eventually('the log came by gossip', () => b.book.views.has(after.projectId))
})

test('bulk passes as well, in both directions', async () => {
  const swarmKey = newKey()
  const [a, b] = await Promise.all([testNode({ swarmKey }), testNode({ swarmKey })])
  await connect(a, b)
  const bytes = 8 << 20
  for (const [from, to] of [
    [a, b],
    [b, a]
  ] as const) {
    let got = 0
    await to.handle('/test/bulk', async (stream) => {
      for await (const chunk of stream) got += chunk.byteLength
    })
    const stream = await from.dialProtocol(to.peerId, '/test/bulk')
    for (let sent = 0; sent < bytes; sent += 1 << 18)
      if (!stream.send(new Uint8Array(1 << 18)))
        await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
    await stream.close()
    await eventually('all of it came', () => got === bytes)
  }
})

test.for([
  ['another key', newKey(), newKey()],
  ['no key at the one who dials', undefined, newKey()],
  ['no key at the one who is dialled', newKey(), undefined]
] as const)('%s: no connection', async ([, mine, theirs]) => {
  const node = async (swarmKey: Uint8Array | undefined): Promise<SwarmNode> =>
    testNode(swarmKey == null ? {} : { swarmKey })
  const [a, b] = await Promise.all([node(mine), node(theirs)])
  const met: string[] = []
  for (const one of [a, b]) one.addEventListener('peer:identify', (event) => met.push(event.detail.peerId.toString()))
  expect(await dialled(a, b)).toBe('refused')
  expect([a.getPeers(), b.getPeers(), met]).toEqual([[], [], []])
})
