import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBlobStore } from '../../../src/storage/index.ts'
import { BLOB_PROTOCOL, createBlobExchange } from '../../../src/swarm/blob/blob-exchange.ts'
import { createStreamIO, type StreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { HALFWAY_BYTES, type FromChild, type ToChild } from '../../fixtures/swarm-blob-child.ts'
import { blobPeer, CHUNK, codeOf, idle, liar, okHeader, put, refOf } from '../../fixtures/swarm-blobs.ts'
import { nodePair, silent, testNode } from '../../fixtures/swarm-node.ts'
import { watchedShelf } from '../../fixtures/swarm-watched-shelf.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'
import type { Stream } from '@libp2p/interface'

// Ways in which streams of @libp2p/utils 7.4 and @libp2p/yamux 8.0 lose data, hang or fill the memory when they are used as their documentation shows. One test for each, on what we use instead.

const PROTOCOL = '/grav1-traps/1.0.0'
const KiB = 1024
const MiB = 1024 * KiB
/** A window of 4 MiB, what lies in sockets and what StreamIO holds; the traps let hundreds through. */
const HELD_MAX = 16 * MiB

interface Ends {
  readonly near: StreamIO
  readonly nearStream: Stream
  readonly far: StreamIO
  readonly farStream: Stream
}

async function ends(highWaterBytes?: number): Promise<Ends> {
  const [a, b] = await nodePair()
  const incoming = Promise.withResolvers<{ far: StreamIO; farStream: Stream }>()
  await b.handle(PROTOCOL, (farStream) => {
    const far = createStreamIO(farStream, highWaterBytes == null ? {} : { highWaterBytes })
    incoming.resolve({ far, farStream })
  })
  const nearStream = await a.dialProtocol(b.peerId, PROTOCOL)
  const near = createStreamIO(nearStream)
  await near.writeFrame(Uint8Array.of(1))
  const { far, farStream } = await incoming.promise
  await far.readFrame(1)
  return { near, nearStream, far, farStream }
}

/** Writes so much, counting what was taken. */
function pump(near: StreamIO, bytes: number): { readonly accepted: () => number; readonly done: Promise<void> } {
  let accepted = 0
  const done = (async () => {
    for (; accepted < bytes; accepted += CHUNK) await near.write(Buffer.alloc(CHUNK, accepted / CHUNK))
    await near.end()
  })()
  done.catch(() => {})
  return { accepted: () => accepted, done }
}

/** Until a counter stands still. */
async function standsStill(what: string, count: () => number): Promise<void> {
  let before = -1
  let looks = 0
  await eventually(what, () => {
    looks = count() === before ? looks + 1 : 0
    before = count()
    return looks > 60
  })
}

async function readAll(io: StreamIO): Promise<number> {
  let bytes = 0
  for await (const data of io.body()) bytes += data.byteLength
  return bytes
}

test('S1 a writer waits for a slow reader each time, not only the first', async () => {
  const { near, nearStream, far } = await ends()
  const { accepted, done } = pump(near, 48 * MiB)
  let read = 0
  for (let round = 0; round < 4; round += 1) {
    await standsStill('the writer waits', accepted)
    expect(accepted() - read).toBeLessThan(HELD_MAX)
    expect(nearStream.writeBufferLength).toBeLessThan(MiB)
    read += (await far.readExact(6 * MiB)).byteLength
  }
  expect(read + (await readAll(far))).toBe(48 * MiB)
  await done
})

test('S2 a reader that takes its time holds the sender back all the way', async () => {
  const { near, far } = await ends()
  const { accepted, done } = pump(near, 64 * MiB)
  let read = 0
  let most = 0
  for await (const data of far.body()) {
    read += data.byteLength
    most = Math.max(most, accepted() - read)
    // Other work of the reader.
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(read).toBe(64 * MiB)
  expect(most).toBeLessThan(HELD_MAX)
  await done
})

test('S3 reading begins after the remote has closed: header, then body, then the end', async () => {
  const { near, far, farStream } = await ends()
  await near.writeFrame(Buffer.from('header'))
  await near.write(Buffer.alloc(300_000, 1))
  await near.end()
  await far.end()
  await eventually('both sides are closed', () => farStream.status === 'closed' && farStream.readableEnded)
  expect(Buffer.from((await far.readFrame(10)) ?? []).toString()).toBe('header')
  expect(await readAll(far)).toBe(300_000)
  expect(await far.readFrame(10)).toBeUndefined()
})

test('S4 more than 4 MiB that nobody reads yet do not end the stream', async () => {
  const { near, nearStream, far, farStream } = await ends(6 * MiB)
  const { accepted, done } = pump(near, 24 * MiB)
  await standsStill('the reader is full', accepted)
  expect(accepted()).toBeGreaterThan(4 * MiB)
  expect([nearStream.status, farStream.status]).toEqual(['open', 'open'])
  expect(await readAll(far)).toBe(24 * MiB)
  await done
})

test('S5 a pause at a window that has grown does not reset the stream', async () => {
  const { near, nearStream, far, farStream } = await ends()
  const { accepted, done } = pump(near, 64 * MiB)
  // Read quickly, so that the window grows as far as it may.
  await far.readExact(24 * MiB)
  await standsStill('the reader is full', accepted)
  expect(farStream.readStatus).toBe('paused')
  expect([nearStream.status, farStream.status]).toEqual(['open', 'open'])
  expect(await readAll(far)).toBe(40 * MiB)
  await done
})

test('S6 a pause that falls into a resume is kept', async () => {
  const { near, far } = await ends(64 * KiB)
  const { accepted } = pump(near, Infinity)
  let read = 0
  let most = 0
  // Slowly enough that each resume brings more than the mark for a pause.
  for await (const data of far.body(64 * MiB)) {
    read += data.byteLength
    most = Math.max(most, accepted() - read)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await standsStill('the sender is held back', accepted)
  expect(Math.max(most, accepted() - read)).toBeLessThan(HELD_MAX)
  near.abort(new Error('over'))
})

test('S7 a handler that has other work first misses nothing', async () => {
  const [a, b] = await nodePair()
  const ready = Promise.withResolvers<void>()
  const got = Promise.withResolvers<number>()
  await b.handle(PROTOCOL, async (stream) => {
    const io = createStreamIO(stream)
    await ready.promise
    got.resolve(await readAll(io))
  })
  const near = createStreamIO(await a.dialProtocol(b.peerId, PROTOCOL))
  const { accepted, done } = pump(near, 24 * MiB)
  await standsStill('the sender is held back', accepted)
  ready.resolve()
  expect(await got.promise).toBe(24 * MiB)
  await done
})

test('S8 a bulk transfer leaves room for other streams of the connection', async () => {
  const [a, b] = await nodePair()
  await b.handle(PROTOCOL, async (stream) => {
    await readAll(createStreamIO(stream))
  })
  await b.handle('/echo', async (stream) => {
    const io = createStreamIO(stream)
    for (let frame = await io.readFrame(64); frame != null; frame = await io.readFrame(64)) await io.writeFrame(frame)
  })
  const bulk = createStreamIO(await a.dialProtocol(b.peerId, PROTOCOL))
  const { accepted } = pump(bulk, Infinity)
  const echo = createStreamIO(await a.dialProtocol(b.peerId, '/echo'))
  for (let index = 0; index < 20; index += 1) {
    const before = accepted()
    await echo.writeFrame(Uint8Array.of(index))
    expect(await echo.readFrame(64)).toEqual(Uint8Array.of(index))
    // Counted in what passed meanwhile: never more than what is under way at once, and some.
    expect(accepted() - before).toBeLessThan(4 * HELD_MAX)
  }
  expect(accepted()).toBeGreaterThan(0)
  bulk.abort(new Error('over'))
  await echo.end()
})

test('S9 a peer with the settings of the library is understood, both ways', async () => {
  const ours = await testNode()
  const plain = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  })
  onTestFinished(async () => plain.stop())
  const sizes: Promise<number>[] = []
  for (const node of [ours, plain])
    await node.handle(PROTOCOL, (stream) => void sizes.push(readAll(createStreamIO(stream))))
  const connection = await ours.dial(plain.getMultiaddrs())
  await eventually('the other side has it too', () => plain.getConnections(ours.peerId).length > 0)
  const [there, back] = await Promise.all([
    ours.dialProtocol(plain.peerId, PROTOCOL),
    plain.dialProtocol(ours.peerId, PROTOCOL)
  ])
  await Promise.all([there, back].map(async (stream) => pump(createStreamIO(stream), 16 * MiB).done))
  await eventually('both have come', () => sizes.length === 2)
  expect(await Promise.all(sizes)).toEqual([16 * MiB, 16 * MiB])
  expect(connection.status).toBe('open')
})

test('S10 a transfer that stands still is given up, though its connection is well', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b, { stallMs: 200 })
  const data = randomBytes(3 * CHUNK)
  const from = await liar(a, async (io) => {
    await io.writeFrame(okHeader(data))
    await io.write(data.subarray(0, CHUNK))
  })
  expect(await codeOf(receiver.exchange.fetch(refOf(data), [from], { signal: idle }))).toBe('unreachable')
  await eventually('the stream is gone', () =>
    b.getConnections().every(({ streams }) => streams.every(({ protocol }) => protocol !== BLOB_PROTOCOL))
  )
  expect(b.getConnections(a.peerId).map(({ status }) => status)).toEqual(['open'])
})

test('a sender of single bytes is held back by what they cost, not by what they are', async () => {
  const { near, far, farStream } = await ends(256 * KiB)
  // Each one a frame of its own for the muxer.
  for (let index = 0; index < 20_000 && farStream.readStatus !== 'paused'; index += 1) {
    await near.write(Uint8Array.of(index % 251))
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await eventually('the reader is full', () => farStream.readStatus === 'paused')
  await near.end()
  expect(await readAll(far)).toBeGreaterThan(0)
})

test('a hundred streams to one peer at once', async () => {
  const [a, b] = await nodePair()
  await eventually('the other side has the connection too', () => b.getConnections(a.peerId).length > 0)
  const echo = async (stream: Stream): Promise<void> => {
    const io = createStreamIO(stream)
    await io.writeFrame((await io.readFrame(MiB)) ?? new Uint8Array())
    await io.end()
  }
  await b.handle(PROTOCOL, echo, { maxInboundStreams: 100 })
  const sizes = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const io = createStreamIO(await a.dialProtocol(b.peerId, PROTOCOL, { maxOutboundStreams: 100 }))
      await io.writeFrame(Buffer.alloc(index * 1000))
      await io.end()
      return (await io.readFrame(MiB))?.byteLength
    })
  )
  expect(sizes).toEqual(Array.from({ length: 100 }, (_, index) => index * 1000))
})

describe('a process that stops in the middle of a transfer', () => {
  interface Child {
    readonly process: ChildProcess
    readonly next: <T extends FromChild['type']>(type: T) => Promise<FromChild & { readonly type: T }>
    readonly tell: (message: ToChild) => void
  }

  function child(folder: string): Child {
    const forked = fork(join(import.meta.dirname, '../../fixtures/swarm-blob-child.ts'), [folder])
    onTestFinished(async () => {
      const gone = forked.exitCode != null || forked.signalCode != null ? undefined : once(forked, 'exit')
      forked.kill('SIGKILL')
      await gone
    })
    const heard: FromChild[] = []
    forked.on('message', (message) => heard.push(message as FromChild))
    return {
      process: forked,
      tell: (message) => void forked.send(message),
      next: async (type) => {
        await eventually(`the child says ${type}`, () => heard.some((message) => message.type === type))
        return heard.find((message): message is FromChild & { readonly type: typeof type } => message.type === type)!
      }
    }
  }

  const data = randomBytes(128 * CHUNK)

  test('a frozen receiver costs the sender nothing, and goes on when it thaws', async () => {
    const delivered: string[] = []
    const node = await testNode()
    const sender = await blobPeer(node, { onDelivered: (peer) => delivered.push(peer) })
    const ref = await put(sender, data)
    const receiver = child(await tempDir())
    const { id } = await receiver.next('ready')
    receiver.tell({ type: 'fetch', ref, from: sender.id, address: String(node.getMultiaddrs()[0]) })
    await receiver.next('halfway')
    receiver.process.kill('SIGSTOP')
    receiver.tell({ type: 'go' })
    const sending = (): Stream | undefined =>
      node
        .getConnections()
        .flatMap(({ streams }) => streams)
        .find(({ protocol }) => protocol === BLOB_PROTOCOL)
    await eventually('the sender waits', () => sending()?.writableNeedsDrain === true)
    await standsStill('nothing is sent', () => sending()?.writeBufferLength ?? -1)
    expect(sending()?.status).toBe('open')
    expect(sending()?.writeBufferLength).toBeLessThan(MiB)
    expect(delivered).toEqual([])
    receiver.process.kill('SIGCONT')
    expect((await receiver.next('done')).whole).toBe(true)
    await eventually('the receipt', () => delivered.length > 0)
    expect(delivered).toEqual([id])
  })

  test('a killed sender that comes back sends the rest only', async () => {
    const folder = await tempDir()
    const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: CHUNK })
    const first = child(folder)
    const before = await first.next('ready')
    const ref = await put({ ...(await blobPeer(await testNode())), folder, store }, data)

    const node = await testNode()
    const own = await createBlobStore(join(await tempDir(), 'blobs'), { chunkBytes: CHUNK })
    let written = 0
    const shelf = watchedShelf(own, async (bytes) => {
      written = bytes
      if (bytes === HALFWAY_BYTES && first.process.signalCode == null) {
        first.process.kill('SIGKILL')
        await once(first.process, 'exit')
      }
    })
    const exchange = createBlobExchange({ node, shelf, log: silent })
    await node.dial(multiaddr(before.address))
    expect(await codeOf(exchange.fetch(ref, [before.id], { signal: idle }))).toBe('unreachable')
    expect(written).toBeGreaterThanOrEqual(HALFWAY_BYTES)
    expect(written).toBeLessThan(ref.bytes)

    const again = await child(folder).next('ready')
    expect(again.id).toBe(before.id)
    await node.dial(multiaddr(again.address))
    await exchange.fetch(ref, [again.id], { signal: idle })
    expect(await own.check(ref)).toBe(true)
    // The bytes before the last chunk, over both transfers: none came twice.
    expect(written).toBe(ref.bytes - CHUNK)
  })
})
