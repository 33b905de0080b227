import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { createRedial } from '../../../src/node/peers/redial.ts'
import { connect, nodePair, testNode } from '../../fixtures/swarm-node.ts'

test('a peer that is there is reached', async () => {
  const [a, b] = await nodePair()
  expect(await createRedial(a)(b.peerId.toString())).toEqual({ reached: true, refused: false })
})

test('one whose process is gone is refused', async () => {
  const [a, b] = await nodePair()
  await a.peerStore.merge(b.peerId, { multiaddrs: b.getMultiaddrs() })
  await b.stop()
  expect(await createRedial(a)(b.peerId.toString())).toEqual({ reached: false, refused: true })
})

// Both dialled at once, as nodes that find each other on a local network do: of a process that is killed one connection ends a moment before the other.
test('a second connection that is going too is no peer that is there', async () => {
  const a = await testNode()
  const b = await testNode({ privateKey: await generateKeyPair('Ed25519') })
  await connect(a, b)
  const [first] = a.getConnections(b.peerId)
  await a.dial(b.getMultiaddrs(), { force: true })
  expect(a.getConnections(b.peerId)).toHaveLength(2)
  await a.peerStore.merge(b.peerId, { multiaddrs: b.getMultiaddrs() })
  first?.abort(new Error('the process was killed'))
  const redialled = createRedial(a)(b.peerId.toString())
  await b.stop()
  expect(await redialled).toEqual({ reached: false, refused: true })
})
