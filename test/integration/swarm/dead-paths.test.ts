import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { createDeadPaths } from '../../../src/swarm/dead-paths.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { silent, testNode } from '../../fixtures/swarm-node.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'

const DEADLINE = { deadlineMs: 60_000 }
const SOON = { everyMs: 50, answerMs: 1000 }

/** A router to a node: it can forget the connections that it has, without a word to either side, and let no new ones through. */
async function routerTo(node: SwarmNode) {
  const port = Number(/tcp\/(\d+)/.exec(String(node.getMultiaddrs()[0]))?.[1])
  const pairs = new Set<readonly [Socket, Socket]>()
  const state = { isClosed: false, came: 0 }
  const server = createServer((near) => {
    state.came += 1
    const far = connectTcp(port, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => {})
    pairs.add([near, far])
    if (!state.isClosed) near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  const routerPort = typeof address === 'object' ? address?.port : undefined
  return {
    state,
    address: multiaddr(`/ip4/127.0.0.1/tcp/${routerPort}/p2p/${node.peerId.toString()}`),
    forget: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far)
        far.unpipe(near)
        for (const socket of [near, far]) socket.resume()
      }
    }
  }
}

async function watched(node: SwarmNode, isWatched: () => boolean, init = SOON): Promise<void> {
  const paths = createDeadPaths({ node, log: silent }, { ...init, isWatched })
  paths.start()
  onTestFinished(paths.stop)
}

test('both sides of a way that is gone notice it, and are connected on another one', async () => {
  const [home, far] = await Promise.all([testNode(), testNode()])
  const router = await routerTo(far)
  const first = await home.dial(router.address)
  await eventually('the far side has it too', () => far.getConnections(home.peerId).length === 1, DEADLINE)
  const [there] = far.getConnections(home.peerId)
  await Promise.all([watched(home, () => true), watched(far, () => false)])
  router.forget()
  await eventually('the dead connection is gone here', () => first.status !== 'open', DEADLINE)
  await eventually('and there', () => there?.status !== 'open', DEADLINE)
  expect(await home.services.ping.ping(far.peerId)).toBeGreaterThanOrEqual(0)
})

test('a silent peer that cannot be reached otherwise keeps its connection', async () => {
  const [home, far] = await Promise.all([testNode(), testNode()])
  const router = await routerTo(far)
  const first = await home.dial(router.address)
  await watched(home, () => true)
  router.state.isClosed = true
  router.forget()
  await eventually('another way was tried', () => router.state.came >= 2, DEADLINE)
  expect(first.status).toBe('open')
})

test('a second connection does not end a first one that answers', async () => {
  const [home, far] = await Promise.all([testNode(), testNode()])
  const router = await routerTo(far)
  const first = await home.dial(router.address)
  const patient = { everyMs: 50, answerMs: 60_000 }
  await Promise.all([watched(home, () => true, patient), watched(far, () => true, patient)])
  const second = await home.dial(far.getMultiaddrs(), { force: true })
  const pings = Array.from({ length: 3 }, async () => home.services.ping.ping(far.peerId))
  expect(await Promise.all(pings)).toHaveLength(3)
  expect([first.status, second.status]).toEqual(['open', 'open'])
})
