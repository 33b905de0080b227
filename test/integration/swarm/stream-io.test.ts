import { createHash, randomBytes } from 'node:crypto'
import { pipe } from 'it-pipe'
import { describe, expect, test } from 'vitest'
import { createStreamIO, duplex, type StreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { nodePair } from '../../fixtures/swarm-node.ts'
import type { Stream } from '@libp2p/interface'

const PROTOCOL = '/grav1-test/1.0.0'
const MiB = 1 << 20
const KiB = 1024

interface Ends {
  /** Of the one who dialled. */
  readonly near: StreamIO
  readonly far: StreamIO
  readonly farStream: Stream
}

/** Both ends of a stream over TCP, noise and yamux. */
async function streamPair(): Promise<Ends> {
  const [a, b] = await nodePair()
  const incoming = Promise.withResolvers<{ far: StreamIO; farStream: Stream }>()
  await b.handle(PROTOCOL, (stream) => incoming.resolve({ far: createStreamIO(stream), farStream: stream }))
  const near = createStreamIO(await a.dialProtocol(b.peerId, PROTOCOL))
  // The far side appears with the first bytes at the latest.
  await near.writeFrame(new Uint8Array([1]))
  const ends = await incoming.promise
  await ends.far.readFrame(1)
  return { near, ...ends }
}

/** The same bytes for each chunk number, without keeping them. */
const chunkNo = (index: number): Buffer => Buffer.alloc(256 * KiB, `${index} `)

async function hashOf(source: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const data of source) {
    hash.update(data)
    bytes += data.byteLength
  }
  return { bytes, sha256: hash.digest('hex') }
}

function expectedHash(chunks: number): string {
  const hash = createHash('sha256')
  for (let index = 0; index < chunks; index += 1) hash.update(chunkNo(index))
  return hash.digest('hex')
}

test('a reader that waits holds the sender back, then everything arrives', async () => {
  const { near, far } = await streamPair()
  const chunks = 256
  let accepted = 0
  const sending = (async () => {
    for (let index = 0; index < chunks; index += 1) {
      await near.write(chunkNo(index))
      accepted += 256 * KiB
    }
    await near.end()
  })()
  const first = await far.readExact(1000)
  // Until nothing more is accepted.
  let before = -1
  let stillFor = 0
  await eventually('the sender is held back', () => {
    stillFor = accepted === before ? stillFor + 1 : 0
    before = accepted
    return stillFor > 100
  })
  expect(accepted).toBeLessThan(16 * MiB)
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    yield first
    yield* far.body()
  }
  expect(await hashOf(rest())).toEqual({ bytes: 64 * MiB, sha256: expectedHash(chunks) })
  await sending
})

test('a handler that has other things to do before it reads loses nothing', async () => {
  const { near, far, farStream } = await streamPair()
  const sending = (async () => {
    for (let index = 0; index < 80; index += 1) await near.write(chunkNo(index))
    await near.end()
  })()
  await eventually('the reader is full', () => farStream.readStatus === 'paused')
  expect(await hashOf(far.body())).toEqual({ bytes: 20 * MiB, sha256: expectedHash(80) })
  await sending
})

test('a question, the end of it, an answer, the end of that', async () => {
  const { near, far } = await streamPair()
  const question = randomBytes(2 * MiB)
  const answering = (async () => {
    const { sha256 } = await hashOf(far.body())
    await far.writeFrame(Buffer.from(sha256))
    await far.end()
  })()
  await near.write(question)
  await near.end()
  const answer = await near.readFrame(64)
  expect(Buffer.from(answer ?? []).toString()).toBe(createHash('sha256').update(question).digest('hex'))
  expect(await near.readFrame(64)).toBeUndefined()
  await answering
})

test('what was sent before the remote closed is read however late', async () => {
  const { near, far, farStream } = await streamPair()
  await near.writeFrame(Buffer.from('header'))
  await near.write(Buffer.alloc(10_000, 7))
  await near.end()
  await far.end()
  await eventually('the stream is over', () => farStream.remoteWriteStatus === 'closed')
  expect(Buffer.from((await far.readFrame(10)) ?? []).toString()).toBe('header')
  expect((await hashOf(far.body())).bytes).toBe(10_000)
  expect(await far.readFrame(10)).toBeUndefined()
})

test('header, then body, through it-pipe both ways', async () => {
  const { near, far } = await streamPair()
  const chunks = Array.from({ length: 40 }, (_, index) => chunkNo(index))
  const echo = pipe(far.body(), (source) => source, duplex(far).sink)
  const [, back] = await Promise.all([duplex(near).sink(chunks), hashOf(near.body())])
  await echo
  expect(back).toEqual({ bytes: 10 * MiB, sha256: expectedHash(40) })
})

describe('frames', () => {
  test('of any size keep their bounds, the empty one too', async () => {
    const { near, far } = await streamPair()
    const sizes = [0, 1, 3, 4, 5, 65_535, 65_536, 262_144, 300_000]
    const sending = (async () => {
      for (const size of sizes) await near.writeFrame(Buffer.alloc(size, size % 251))
      await near.end()
    })()
    for (const size of sizes) {
      const frame = await far.readFrame(300_000)
      expect(frame).toHaveLength(size)
      expect(frame?.every((byte) => byte === size % 251)).toBe(true)
    }
    expect(await far.readFrame(1)).toBeUndefined()
    await sending
  })

  test('larger than allowed are refused by their header, before they come', async () => {
    const { near, far } = await streamPair()
    await near.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    await expect(far.readFrame(1000)).rejects.toThrow('4294967295 bytes; the limit is 1000')
  })

  test('cut short are an error', async () => {
    const { near, far } = await streamPair()
    await near.write(Uint8Array.of(0, 0, 0, 9, 1, 2))
    await near.end()
    await expect(far.readFrame(1000)).rejects.toThrow('ended after 2 of 9 bytes')
  })
})

describe('an end by force', () => {
  test('of the remote wakes a reader with an error', async () => {
    const { near, far } = await streamPair()
    const reading = far.readFrame(10)
    near.abort(new Error('gone'))
    await expect(reading).rejects.toThrow()
  })

  test('of the remote wakes a writer that is held back', async () => {
    const { near, far, farStream } = await streamPair()
    const sending = (async () => {
      for (let index = 0; index < 200; index += 1) await near.write(chunkNo(index))
    })()
    const failed = expect(sending).rejects.toThrow()
    await eventually('the reader is full', () => farStream.readStatus === 'paused')
    far.abort(new Error('no more'))
    await failed
  })

  test('a signal ends waiting to read and waiting to write', async () => {
    const { near, far, farStream } = await streamPair()
    const stop = new AbortController()
    const reading = expect(near.readFrame(10, stop.signal)).rejects.toThrow('enough')
    const writing = expect(
      (async () => {
        for (let index = 0; index < 200; index += 1) await near.write(chunkNo(index), stop.signal)
      })()
    ).rejects.toThrow('enough')
    await eventually('the reader is full', () => farStream.readStatus === 'paused')
    stop.abort(new Error('enough'))
    await Promise.all([reading, writing])
    // The stream itself is not harmed by a reader that gave up.
    await far.writeFrame(Uint8Array.of(5))
    expect(await near.readFrame(10)).toEqual(Uint8Array.of(5))
  })
})
