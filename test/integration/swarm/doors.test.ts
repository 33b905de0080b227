import { expect, onTestFinished, test } from 'vitest'
import { CONNECTIONS, DOORS } from '../../../src/swarm/doors/door-limits.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { hostilePeer, openStream, type HostilePeer } from '../../fixtures/hostile-peer.ts'
import { say } from '../../fixtures/hostile-wire.ts'
import { silent, testNode } from '../../fixtures/swarm-node.ts'
import { createSessions, type SwarmNode } from '../../../src/swarm/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

const SESSION = '/grav1/session/1.0.0'
const PING = '/ipfs/ping/1.0.0'

async function attacker(victim: SwarmNode): Promise<{ peer: HostilePeer; connection: Connection }> {
  const peer = await hostilePeer()
  onTestFinished(async () => peer.stop())
  return { peer, connection: await peer.dial(victim.getMultiaddrs()) }
}

const openAll = async (connection: Connection, protocol: string, count: number): Promise<Stream[]> => {
  const opened = await Promise.all(Array.from({ length: count }, async () => openStream(connection, protocol)))
  return opened.filter((stream): stream is Stream => stream != null)
}

const live = (streams: readonly Stream[]): number => streams.filter(({ status }) => status === 'open').length

/** A node that answers sessions and does nothing in them. */
async function owner(): Promise<{ node: SwarmNode; sessions: () => number }> {
  const node = await testNode()
  const sessions = createSessions({ node, log: silent })
  let open = 0
  await sessions.start((session) => {
    open += 1
    session.onClose = () => (open -= 1)
  })
  onTestFinished(async () => sessions.stop())
  return { node, sessions: () => open }
}

test('a peer has so many streams of a protocol, over all its connections, and may open new ones when they end', async () => {
  const { node, sessions } = await owner()
  const { peer, connection } = await attacker(node)
  const second = await peer.dial(node.getMultiaddrs(), { force: true })
  const most = DOORS['/grav1/session'].streamsPerPeer
  const streams = [...(await openAll(connection, SESSION, most + 4)), ...(await openAll(second, SESSION, most))]
  await eventually('the others are reset', () => live(streams) === most)
  expect(sessions()).toBe(most)
  for (const stream of streams) stream.abort(new Error('enough'))
  await eventually('all are over', () => sessions() === 0)
  const again = await openAll(connection, SESSION, 1)
  await eventually('a new one is taken', () => sessions() === 1)
  expect(live(again)).toBe(1)
})

test('a peer that opens streams again and again has to wait', async () => {
  const { node } = await owner()
  const { connection } = await attacker(node)
  const { opensBurst, opensPerSecond } = DOORS['/ipfs/ping']
  const began = performance.now()
  let taken = 0
  for (let round = 0; round < opensBurst + 20; round += 1) {
    const [stream] = await openAll(connection, PING, 1)
    if (stream == null) continue
    const echo = new Promise<boolean>((resolve) => {
      stream.addEventListener('message', () => resolve(true))
      stream.addEventListener('close', () => resolve(false))
      if (stream.status !== 'open') resolve(false)
    })
    say(stream, new Uint8Array(32))
    if (await echo) taken += 1
    stream.abort(new Error('enough'))
  }
  const regained = ((performance.now() - began) / 1000) * opensPerSecond
  expect(taken).toBeGreaterThanOrEqual(opensBurst)
  expect(taken).toBeLessThanOrEqual(opensBurst + regained + 1)
})

test('a peer that sends more bytes than any honest one would loses its connection, and gets no new one for a while', async () => {
  const { node } = await owner()
  const { peer, connection } = await attacker(node)
  const [stream] = await openAll(connection, PING, 1)
  if (stream != null) say(stream, new Uint8Array(DOORS['/ipfs/ping'].bytesBurst + 1))
  await eventually('it is cut off', () => connection.status !== 'open')
  // The dialler may believe in a connection that the other side refuses at once.
  const again = await peer.dial(node.getMultiaddrs()).catch(() => undefined)
  await eventually('it is not let in again', () => again === undefined || again.status !== 'open')
  expect(node.getConnections()).toEqual([])
  // Another is.
  await attacker(node)
  await eventually('another is let in', () => node.getConnections().length === 1)
})

test('a stream that says no protocol holds a few bytes only, and one connection has so many of all kinds', async () => {
  const { node } = await owner()
  const { connection } = await attacker(node)
  const muxer = (connection as unknown as { muxer: { createStream: () => Promise<Stream> } }).muxer
  const first = await muxer.createStream()
  say(first, new Uint8Array(CONNECTIONS.unnamedBytesMax + 1).fill(1))
  await eventually('it is reset', () => first.status !== 'open')
  const many = await Promise.all(
    Array.from({ length: CONNECTIONS.streamsPerConnection + 40 }, async () => muxer.createStream())
  )
  for (const stream of many) say(stream, Uint8Array.of(1))
  await eventually('those above the limit are reset', () => live(many) === CONNECTIONS.streamsPerConnection)
  const inbound = node.getConnections()[0]?.streams.filter(({ direction }) => direction === 'inbound') ?? []
  expect(inbound.length).toBeLessThanOrEqual(CONNECTIONS.streamsPerConnection)
})

test('a peer has so many connections', async () => {
  const { node } = await owner()
  const { peer } = await attacker(node)
  const more = await Promise.all(
    Array.from({ length: CONNECTIONS.perPeer + 3 }, async () =>
      peer.dial(node.getMultiaddrs(), { force: true }).catch(() => undefined)
    )
  )
  expect(more.some((connection) => connection != null)).toBe(true)
  await eventually('the others are closed', () => node.getConnections().length <= CONNECTIONS.perPeer)
})

test('a protocol without a row in the table is not handled', async () => {
  const node = await testNode()
  await expect(node.handle('/unlimited/1.0.0', () => {})).rejects.toThrow('no row in the table')
})
