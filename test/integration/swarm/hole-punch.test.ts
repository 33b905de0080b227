import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { createDirectPath, createHolePunch, type SwarmNode } from '../../../src/swarm/index.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { relayedPair, ways } from '../../fixtures/relayed-pair.ts'
import { silent, testNode } from '../../fixtures/swarm-node.ts'
import type { Connection } from '@libp2p/interface'

const DEADLINE = { deadlineMs: 60_000 }

/** What two routers do to two machines that dial each other at once: of both ends of a connection each machine made its own. */
async function meetingPoint(): Promise<string> {
  const waiting: Socket[] = []
  const server = createServer((socket) => {
    const other = waiting.pop()
    if (other === undefined) {
      waiting.push(socket)
      return
    }
    for (const [from, to] of [
      [socket, other],
      [other, socket]
    ] as const) {
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of waiting) socket.destroy()
  })
  return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`
}

/** Two nodes that are connected through a relay only; the first is the one whose turn it is. */
async function byTurn(): Promise<readonly [SwarmNode, SwarmNode]> {
  const { home, caller } = await relayedPair()
  return home.peerId.toString() < caller.peerId.toString() ? [home, caller] : [caller, home]
}

interface Hole {
  readonly target?: string
  readonly mayBelieve?: () => boolean
}

async function holesOf(node: SwarmNode, { target, mayBelieve = () => true }: Hole = {}) {
  const holes = createHolePunch({
    node,
    mayBelieve,
    log: silent,
    // Any port, which others see as this one.
    wayOut: async () => ({ localPort: 0, outside: { ip: '8.8.8.8', port: 4000 }, close: async () => {} }),
    ...(target === undefined ? {} : { targetOf: ({ ip, port }) => (ip === '8.8.8.8' && port === 4000 ? target : '') })
  })
  await holes.start()
  onTestFinished(holes.stop)
  return holes
}

test('two that dial each other at once have a direct connection, on which both open streams', async () => {
  const [first, second] = await byTurn()
  const target = await meetingPoint()
  const [holes] = [await holesOf(first, { target }), await holesOf(second, { target })]
  const [relayed] = first.getConnections(second.peerId)
  if (relayed === undefined) throw new Error('not connected')
  expect(await holes.punch(relayed)).toBe(true)
  for (const [from, to] of [
    [first, second],
    [second, first]
  ] as const) {
    const made = (): Connection | undefined =>
      from.getConnections(to.peerId).find(({ remoteAddr }) => remoteAddr.toString().startsWith(`${target}/`))
    await eventually('the connection', () => made() !== undefined, DEADLINE)
    const signal = AbortSignal.timeout(60_000)
    const io = createStreamIO(await made()!.newStream('/ipfs/ping/1.0.0', { signal }))
    await io.write(new Uint8Array(32).fill(7), signal)
    expect([...(await io.readExact(32, signal))]).toEqual(Array.from({ length: 32 }, () => 7))
    await io.end(signal)
  }
})

test('it is tried where nobody can be dialled, and takes the place of the relayed connection', async () => {
  const [first, second] = await byTurn()
  const [address] = second.getMultiaddrs()
  if (address === undefined) throw new Error('it does not listen')
  Object.assign(first, { dial: async () => Promise.reject(new Error('nobody answers')) })
  const punch = async (): Promise<boolean> => {
    const signal = AbortSignal.timeout(60_000)
    await first.services.portDialer.dial(address, { localPort: 0, initiator: true, signal })
    return true
  }
  const path = createDirectPath({ node: first, log: silent, punch }, { retryMs: 50 })
  path.start()
  onTestFinished(path.stop)
  await eventually('no relayed connection', () => !ways(first, second).includes(false), DEADLINE)
  expect(ways(first, second)).toContain(true)
})

test('only the one whose turn it is begins, and only with a peer whose word counts', async () => {
  const [first, second] = await byTurn()
  const target = await meetingPoint()
  const [begins, answers] = [
    await holesOf(first, { target }),
    await holesOf(second, { target, mayBelieve: () => false })
  ]
  const [relayed] = first.getConnections(second.peerId)
  const [back] = second.getConnections(first.peerId)
  if (relayed === undefined || back === undefined) throw new Error('not connected')
  expect(await answers.punch(back)).toBe(false)
  expect(await begins.punch(relayed)).toBe(false)
  expect(ways(first, second)).toEqual([false])
})

test('a connection outlives the signal of its dial, and another peer is refused', async () => {
  const [from, to, other] = await Promise.all([testNode(), testNode(), testNode()])
  const dial = new AbortController()
  const init = { localPort: 0, initiator: true, signal: dial.signal }
  const [address] = to.getMultiaddrs()
  if (address === undefined) throw new Error('it does not listen')
  const connection = await from.services.portDialer.dial(address, init)
  dial.abort()
  expect(await from.services.ping.ping(to.peerId)).toBeGreaterThanOrEqual(0)
  expect(connection.status).toBe('open')
  const wrong = multiaddr(address.toString().replace(to.peerId.toString(), other.peerId.toString()))
  const signal = AbortSignal.timeout(60_000)
  await expect(from.services.portDialer.dial(wrong, { ...init, signal })).rejects.toThrow('identity')
})
