import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { bestPath } from '../../../../src/node/peers/peer-path.ts'
import { createPeerLatency } from '../../../../src/node/peers/peer-latency.ts'
import { createPeerTable } from '../../../../src/node/peers/peer-table.ts'
import { createTrustBook } from '../../../../src/node/peers/trust-book.ts'
import { DEFAULT_TIMING } from '../../../../src/swarm/protocol/index.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { nodePair } from '../../../fixtures/swarm-node.ts'
import type { SwarmNode } from '../../../../src/swarm/index.ts'

test.for([
  ['loopback', ['/ip4/127.0.0.1/tcp/1']],
  ['loopback', ['/ip6/::1/tcp/1']],
  ['local', ['/ip4/192.168.1.9/tcp/1']],
  ['local', ['/ip6/fd00::1/tcp/1']],
  ['internet', ['/ip4/8.8.8.8/tcp/1']],
  ['relayed', [`/ip4/8.8.8.8/tcp/1/p2p/${OWNER}/p2p-circuit`]],
  ['relayed', [`/ip4/192.168.1.9/tcp/1/p2p/${OWNER}/p2p-circuit`]],
  ['none', []],
  ['local', ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1']],
  ['internet', [`/ip4/127.0.0.1/tcp/1/p2p/${OWNER}/p2p-circuit`, '/ip4/8.8.8.8/tcp/1']]
] as const)('the path is %s over %j', ([path, addresses]) => {
  expect(bestPath(addresses.map((address) => multiaddr(address)))).toBe(path)
})

test('a relayed peer names its relay, and one that is also reached directly does not', () => {
  const relayed = `/ip4/8.8.8.8/tcp/1/p2p/${OWNER}/p2p-circuit/p2p/${WORKER}`
  expect(tableWith([[WORKER, relayed]]).list()).toMatchObject([{ path: 'relayed', relay: OWNER }])
  const [both] = tableWith([
    [WORKER, relayed],
    [WORKER, '/ip4/9.9.9.9/tcp/1']
  ]).list()
  expect(both).toMatchObject({ path: 'internet' })
  expect(both).not.toHaveProperty('relay')
})

type Seen = readonly [peer: string, address: string, direction?: 'inbound' | 'outbound']

function tableWith(connections: readonly Seen[], latency?: number) {
  const node = {
    getConnections: () =>
      connections.map(([peer, address, direction = 'outbound']) => ({
        remotePeer: { toString: () => peer },
        remoteAddr: multiaddr(address),
        direction
      }))
  } as unknown as SwarmNode
  return createPeerTable({
    node,
    classOf: () => 'stranger',
    standings: { list: () => [] },
    workOf: () => ({ trust: 'stranger', fps: 1.5, scenesDone: 3, scenesRefused: 1 }),
    latencyOf: () => latency,
    idleOf: () => (peer, _, isConnected) => [
      { projectId: PROJECT, code: 'paused', reason: `${peer === WORKER} ${isConnected}` }
    ]
  })
}

const info = {
  name: 'n',
  version: '1',
  slots: 2,
  busy: 1,
  encoders: ['a'],
  health: 'ok',
  paused: true,
  idle: []
} as const

test('a peer with one connection that it opened itself has reached this node', () => {
  const dialled = [WORKER, '/ip4/8.8.8.8/tcp/1', 'outbound'] as const
  const came = [WORKER, '/ip4/8.8.8.8/tcp/2', 'inbound'] as const
  expect(tableWith([dialled, came]).list()).toMatchObject([{ inbound: true }])
  expect(tableWith([dialled, dialled]).list()).toMatchObject([{ inbound: false }])
})

test('what a peer said of itself, how it is reached and what is known of its work', () => {
  const table = tableWith([[WORKER, '/ip4/8.8.8.8/tcp/1']], 12)
  table.set(WORKER, info)
  expect(table.list()).toEqual([
    {
      ...info,
      peerId: WORKER,
      connected: true,
      addresses: ['/ip4/8.8.8.8/tcp/1'],
      path: 'internet',
      inbound: false,
      latencyMs: 12,
      class: 'stranger',
      standing: null,
      trust: 'stranger',
      fps: 1.5,
      scenesDone: 3,
      scenesRefused: 1,
      idle: [{ projectId: PROJECT, code: 'paused', reason: 'true true' }],
      heardSecondsAgo: 0
    }
  ])
})

test('one that only connected, and one that was only heard of', () => {
  const connected = tableWith([[WORKER, '/ip4/8.8.8.8/tcp/1']])
  expect(connected.list()).toMatchObject([
    { name: '', slots: 0, paused: false, latencyMs: null, heardSecondsAgo: 0, idle: [] }
  ])
  const heard = tableWith([])
  heard.set(WORKER, info)
  expect(heard.list()).toMatchObject([{ connected: false, path: 'none', heardSecondsAgo: 0, name: 'n' }])
})

test('a refused result is counted and bars its worker', () => {
  const book = createTrustBook(
    { standings: { quarantine: [], keepQuarantine: () => {}, onChange: () => {} } },
    { timing: DEFAULT_TIMING, isKnown: () => true }
  )
  book.note(WORKER, 'accepted')
  expect(book.refusedOf(WORKER)).toBe(0)
  book.note(WORKER, 'refused')
  expect([book.refusedOf(WORKER), book.refusedOf(OWNER)]).toEqual([1, 0])
  expect(book.standingOf(WORKER).barredUntilMs).toBeGreaterThan(0)
})

test('a peer that comes is measured at once, over a real connection', async () => {
  const [a, b] = await nodePair()
  const latency = createPeerLatency(a)
  const of = (): number | undefined => latency.of(b.peerId.toString(), a.getConnections(b.peerId))
  expect(of()).toBeUndefined()
  latency.measure(b.peerId)
  await eventually('a round trip', () => of() != null)
  expect(of()).toBeGreaterThanOrEqual(0)
  expect(of()).toBeLessThan(5000)
  latency.stop()
})

test('whoever describes itself for the first time is told of once, when it is in the table', () => {
  const table = tableWith([])
  const seen: string[][] = []
  const stop = table.onNamed(() => seen.push(table.list().map(({ name }) => name)))
  table.set(WORKER, info)
  table.set(WORKER, { ...info, busy: 2 })
  stop()
  table.set(PROJECT, info)
  expect(seen).toEqual([['n']])
})
