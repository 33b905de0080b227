import { createServer } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, onTestFinished, test } from 'vitest'
import { createDialLoop, type SwarmNode } from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { silent, testNode } from '../../fixtures/swarm-node.ts'

const isConnected = (from: SwarmNode, to: SwarmNode): boolean =>
  from.getConnections().some((connection) => connection.remotePeer.equals(to.peerId))

const addressOf = (node: SwarmNode): string => {
  const [address] = node.getMultiaddrs()
  if (address == null) throw new Error('no address')
  return address.toString()
}
const portOf = (node: SwarmNode): number => Number(/\/tcp\/(\d+)/.exec(addressOf(node))?.[1])

/** A port that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function loop(node: SwarmNode, bootstrap: readonly string[]) {
  const dialLoop = createDialLoop({ node, log: silent }, { bootstrap, pauseMs: 20, pauseMsMax: 100 })
  onTestFinished(() => dialLoop.stop())
  dialLoop.start()
  return dialLoop
}

test.for(['with', 'without'] as const)('an address %s a peer id is dialled again after a restart', async (how) => {
  const privateKey = await generateKeyPair('Ed25519')
  const first = await testNode({ privateKey })
  const port = portOf(first)
  const node = await testNode()
  const full = addressOf(first)
  loop(node, [how === 'with' ? full : full.replace(/\/p2p\/.*$/, '')])
  await eventually('connected', () => isConnected(node, first))
  await first.stop()
  await eventually('cut off', () => node.getConnections().length === 0)
  const again = await testNode({ privateKey, port })
  await eventually('connected again', () => isConnected(node, again))
})

test('a peer that comes up later is found', async () => {
  const port = await freePort()
  const privateKey = await generateKeyPair('Ed25519')
  const node = await testNode()
  loop(node, [`/ip4/127.0.0.1/tcp/${port}`])
  const late = await testNode({ privateKey, port })
  await eventually('connected', () => isConnected(node, late))
})

test('of several addresses of one peer the one that answers is used, whichever place it has', async () => {
  const target = await testNode()
  const dead = `/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${target.peerId.toString()}`
  const [first, last] = await Promise.all([testNode(), testNode()])
  loop(first, [addressOf(target), dead])
  loop(last, [dead, addressOf(target)])
  await eventually('both are connected', () => isConnected(first, target) && isConnected(last, target))
})

test('a peer that is wanted is dialled; oneself never', async () => {
  const [node, target] = await Promise.all([testNode(), testNode()])
  const dialLoop = loop(node, [addressOf(node)])
  await node.peerStore.merge(target.peerId, { multiaddrs: target.getMultiaddrs() })
  dialLoop.want(node.peerId.toString())
  dialLoop.want(target.peerId.toString())
  await eventually('connected', () => isConnected(node, target))
  expect(node.getConnections()).toHaveLength(1)
})

test('after stop nothing is dialled any more', async () => {
  const [node, target] = await Promise.all([testNode(), testNode()])
  const dialLoop = loop(node, [])
  await node.peerStore.merge(target.peerId, { multiaddrs: target.getMultiaddrs() })
  dialLoop.stop()
  dialLoop.want(target.peerId.toString())
  await new Promise((resolve) => setImmediate(resolve))
  expect(node.getDialQueue()).toEqual([])
})

test('a connection that breaks before its dial is over is dialled again', async () => {
  const [node, target] = await Promise.all([testNode(), testNode()])
  const dial = node.dial.bind(node)
  let dials = 0
  node.dial = async (...how) => {
    const connection = await dial(...how)
    dials += 1
    if (dials > 1) return connection
    await connection.close()
    await eventually('cut off', () => node.getConnections().length === 0)
    return connection
  }
  loop(node, [addressOf(target)])
  await eventually('connected again', () => dials > 1 && isConnected(node, target))
})
