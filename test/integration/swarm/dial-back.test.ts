import { expect, onTestFinished, test } from 'vitest'
import { createDialBack, REACH_PROTOCOL } from '../../../src/swarm/reach/dial-back.ts'
import { announceAnew, type SwarmNode } from '../../../src/swarm/libp2p.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, silent, testNode } from '../../fixtures/swarm-node.ts'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

const DEADLINE = { deadlineMs: 60_000 }

/** A node that dials peers on loopback too. */
async function dialBackOf(node: SwarmNode, portsAt?: (ip: string, ports: readonly number[]) => readonly number[]) {
  const patient = { dialMs: 60_000, deadlineMs: 60_000 }
  const dialBack = createDialBack({ node, log: silent, ...(portsAt && { portsAt }) }, patient)
  await dialBack.start()
  onTestFinished(dialBack.stop)
  return dialBack
}

const portOf = (node: SwarmNode): number => Number(/tcp\/(\d+)/.exec(String(node.getMultiaddrs()[0]))?.[1])

test('a peer dials the node that asks, where it listens, and the connection is over at once', async () => {
  const [home, far] = await Promise.all([testNode(), testNode()])
  const [asking] = await Promise.all([dialBackOf(home), dialBackOf(far, (_ip, ports) => ports)])
  await connect(home, far)
  const [connection] = home.getConnections(far.peerId)
  if (connection === undefined) throw new Error('not connected')
  const port = portOf(home)
  expect(await asking.ask(connection, [port])).toEqual({ status: 'reached', ip: '127.0.0.1', port })
  await eventually('only the first connection is left', () => home.getConnections(far.peerId).length === 1, DEADLINE)
  expect(home.getConnections(far.peerId)[0]?.id).toBe(connection.id)
  // Somebody else listens there.
  expect(await asking.ask(connection, [portOf(far)])).toEqual({ status: 'not-reached' })
})

test('it dials nobody on a near network, and not without an end', async () => {
  const [home, far] = await Promise.all([testNode(), testNode()])
  const [asking, answering] = await Promise.all([dialBackOf(home), dialBackOf(far)])
  await connect(home, far)
  const [connection] = home.getConnections(far.peerId)
  if (connection === undefined) throw new Error('not connected')
  expect(await asking.ask(connection, [portOf(home)])).toEqual({ status: 'unseen' })
  await answering.stop()
  await expect(asking.ask(connection, [portOf(home)])).rejects.toThrow(REACH_PROTOCOL)
})

test('what a node learns about its addresses is told to peers that are connected already', async () => {
  const learned: Multiaddr[] = []
  const [home, far] = await Promise.all([testNode({ learned: () => learned }), testNode()])
  await connect(home, far)
  learned.push(multiaddr(`/ip4/8.8.8.8/tcp/7898/p2p/${home.peerId.toString()}`))
  await announceAnew(home)
  const known = async (): Promise<string[]> => {
    const { addresses } = await far.peerStore.get(home.peerId).catch(() => ({ addresses: [] }))
    return addresses.map((one) => one.multiaddr.toString())
  }
  await eventually('the peer knows it', async () => (await known()).includes('/ip4/8.8.8.8/tcp/7898'), DEADLINE)
  learned.length = 0
  await announceAnew(home)
  await eventually('the peer forgets it', async () => !(await known()).includes('/ip4/8.8.8.8/tcp/7898'), DEADLINE)
})
