import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import { expect, test } from 'vitest'
import { createSessions, type SwarmNode } from '../../../src/swarm/index.ts'
import { isOnlyLimited } from '../../../src/swarm/open-stream.ts'
import { CIRCUIT } from '../../../src/swarm/protocol/index.ts'
import { CircuitHop } from '../../../src/swarm/protocol/wire/messages.js'
import { readCircuitFrame } from '../../../src/swarm/relay/circuit-frames.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { relayedPair, relayNode, reserved, through } from '../../fixtures/relayed-pair.ts'
import { connect, silent, testNode } from '../../fixtures/swarm-node.ts'

const MiB = 1 << 20
const BULK = '/test/bulk'
const DEADLINE = { deadlineMs: 60_000 }

/** Sends so many bytes over a connection. @returns how many arrived */
async function send({ home, connection }: Awaited<ReturnType<typeof relayedPair>>, bytes: number): Promise<number> {
  const arrived = Promise.withResolvers<number>()
  await home.handle(BULK, async (stream) => {
    const io = createStreamIO(stream)
    let count = 0
    try {
      for await (const chunk of io.body()) count += chunk.byteLength
      await io.end()
    } finally {
      arrived.resolve(count)
    }
  })
  const io = createStreamIO(await connection.newStream(BULK))
  const chunk = new Uint8Array(256 * 1024)
  for (let left = bytes; left > 0; left -= chunk.byteLength) await io.write(chunk.subarray(0, left))
  await io.end()
  return arrived.promise
}

test('two peers that cannot reach each other do so through a relay, and films pass', async () => {
  const pair = await relayedPair()
  expect(pair.connection.direct).toBe(false)
  expect(isOnlyLimited(pair.caller, pair.home.peerId.toString())).toBe(false)
  expect(await send(pair, 6 * MiB)).toBe(6 * MiB)
  const address = through(pair.relay, pair.home).toString()
  await eventually('it announces the relay', () => pair.home.getMultiaddrs().map(String).includes(address), DEADLINE)
})

test('a relay that carries no films carries sessions', async () => {
  const { home, caller } = await relayedPair({ bytesPerHour: 0 })
  expect(isOnlyLimited(caller, home.peerId.toString())).toBe(true)
  const [owner, worker] = [home, caller].map((node) => createSessions({ node, log: silent }))
  const opened = Promise.withResolvers<string>()
  await owner?.start((session) => opened.resolve(session.peer))
  const session = await worker?.open(home.peerId.toString())
  expect(await opened.promise).toBe(caller.peerId.toString())
  expect(caller.getConnections(home.peerId)).toHaveLength(1)
  session?.close()
})

test('when the hour of a pair is used up its connection ends, and the next one carries control messages only', async () => {
  const pair = await relayedPair({ bytesPerHour: 2 * MiB })
  await expect(send(pair, 16 * MiB)).rejects.toThrow()
  await eventually('the connection ends', () => pair.caller.getConnections(pair.home.peerId).length === 0, DEADLINE)
  const next = await pair.caller.dial(through(pair.relay, pair.home))
  expect(next.limits?.bytes).toBeGreaterThan(0n)
  await expect(next.newStream(BULK)).rejects.toThrow('limited')
})

/** What a relay answers to one frame; undefined where it only closes the stream. */
async function answerTo(node: SwarmNode, relay: SwarmNode, frame: readonly number[]): Promise<number | undefined> {
  await connect(node, relay)
  const io = createStreamIO(await node.dialProtocol(relay.peerId, RELAY_V2_HOP_CODEC))
  const signal = AbortSignal.timeout(60_000)
  await io.write(Uint8Array.from(frame))
  const answer = await readCircuitFrame(io, signal).catch(() => undefined)
  return answer && CircuitHop.decode(answer).status
}

const RESERVE = [2, 0x08, 0]
const CONNECT_TO_NOBODY = [2, 0x08, 1]
const GARBAGE = [3, 255, 255, 255]
const TOO_LONG = [0xff, 0xff, 0x7f, 0]

test('a relay reserves for whom it may, up to a number, and hears nothing else', async () => {
  const [stranger, first, second] = await Promise.all([testNode(), testNode(), testNode()])
  const { relay, server } = await relayNode({ peersMax: 1, mayReserve: (peer) => peer !== stranger.peerId.toString() })
  expect(await answerTo(stranger, relay, RESERVE)).toBe(CIRCUIT.denied)
  expect(await answerTo(first, relay, RESERVE)).toBe(CIRCUIT.ok)
  expect(await answerTo(second, relay, RESERVE)).toBe(CIRCUIT.full)
  for (const frame of [CONNECT_TO_NOBODY, GARBAGE, TOO_LONG])
    expect(await answerTo(second, relay, frame)).toBeUndefined()
  await expect(second.dial(through(relay, stranger))).rejects.toThrow('NO_RESERVATION')
  expect(server.reserved()).toEqual([first.peerId.toString()])
})

test('a peer is no longer reachable once it has left, and again when it is back', async () => {
  const { relay, server, home } = await relayedPair()
  await relay.hangUp(home.peerId)
  await eventually('it is forgotten', () => server.reserved().length === 0, DEADLINE)
  await connect(home, relay)
  await reserved(server, home)
})
