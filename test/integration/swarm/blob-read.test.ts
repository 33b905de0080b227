import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createBlobStore } from '../../../src/storage/index.ts'
import { createBlobExchange, type BlobPart, type ServedFile } from '../../../src/swarm/index.ts'
import { LIMITS, type BlobRef } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import {
  blobPeer,
  CHUNK,
  codeOf,
  idle,
  liar,
  okHeader,
  put,
  refOf,
  refusal,
  type BlobPeer
} from '../../fixtures/swarm-blobs.ts'
import { nodePair, silent } from '../../fixtures/swarm-node.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

const whole = ({ bytes }: BlobRef): BlobPart => ({ first: 0, last: bytes - 1 })

/** A reader, and its peer with a blob. */
async function readerOf(data: Buffer): Promise<{ reader: BlobPeer; holder: BlobPeer; ref: BlobRef }> {
  const [a, b] = await nodePair()
  const [holder, reader] = await Promise.all([blobPeer(a), blobPeer(b)])
  return { reader, holder, ref: await put(holder, data) }
}

test('any part of a blob, from its first byte to its last, and nothing is kept', async () => {
  const data = randomBytes(3 * CHUNK + 17)
  const { reader, holder, ref } = await readerOf(data)
  const parts: [number, number][] = [
    [0, data.length - 1],
    [0, 0],
    [data.length - 1, data.length - 1],
    [CHUNK - 1, CHUNK],
    [CHUNK, 2 * CHUNK - 1],
    [5, 2 * CHUNK + 9]
  ]
  for (const [first, last] of parts) {
    const part = await collect(reader.exchange.read(ref, holder.id, { first, last }, { signal: idle }))
    expect(part.equals(data.subarray(first, last + 1))).toBe(true)
  }
  expect(await reader.store.size(ref.sha256)).toBeUndefined()
  expect(await readdir(join(reader.folder, 'blobs', 'incoming'))).toEqual([])
})

test('a chunk that does not have its hash is not passed on', async () => {
  const [a, b] = await nodePair()
  const reader = await blobPeer(b)
  const data = randomBytes(3 * CHUNK)
  const broken = Buffer.from(data)
  broken.writeUInt8(broken.readUInt8(CHUNK + 5) ^ 1, CHUNK + 5)
  const id = await liar(a, async (io) => {
    await io.writeFrame(okHeader(data))
    await io.write(broken)
    await io.end()
  })
  const got: Uint8Array[] = []
  const reading = async (): Promise<void> => {
    for await (const chunk of reader.exchange.read(refOf(data), id, whole(refOf(data)), { signal: idle }))
      got.push(chunk)
  }
  expect(await codeOf(reading())).toBe('wrong-bytes')
  expect(Buffer.concat(got).equals(data.subarray(0, CHUNK))).toBe(true)
})

test.for([
  ['not-found', 'not-found'],
  ['busy', 'busy']
] as const)('one that says %s', async ([status, code]) => {
  const [a, b] = await nodePair()
  const reader = await blobPeer(b)
  let asked = 0
  const id = await liar(a, async (io) => {
    asked += 1
    await io.writeFrame(refusal(status))
    await io.end()
  })
  const ref = refOf(randomBytes(10))
  expect(await codeOf(collect(reader.exchange.read(ref, id, whole(ref), { signal: idle })))).toBe(code)
  expect(asked).toBe(status === 'busy' ? 4 : 1)
})

test('one that breaks off is asked for the rest, from the chunk it was at', async () => {
  const [a, b] = await nodePair()
  const reader = await blobPeer(b)
  const data = randomBytes(4 * CHUNK)
  const offsets: number[] = []
  const id = await liar(a, async (io, { offset }) => {
    offsets.push(offset)
    await io.writeFrame(okHeader(data))
    await io.write(data.subarray(offset, offset + 2 * CHUNK))
    await io.end()
  })
  const part = await collect(
    reader.exchange.read(refOf(data), id, { first: 10, last: data.length - 1 }, { signal: idle })
  )
  expect(part.equals(data.subarray(10))).toBe(true)
  expect(offsets).toEqual([0, 2 * CHUNK])
})

test('a reader that stands still gives the transfer back, and has the rest when it goes on', async () => {
  const [a, b] = await nodePair()
  const reader = await blobPeer(b, { stallMs: 1000 })
  const data = randomBytes(40 * CHUNK)
  let open = 0
  let opened = 0
  const id = await liar(a, async (io, { offset }) => {
    open += 1
    opened += 1
    try {
      await io.writeFrame(okHeader(data))
      await io.write(data.subarray(offset))
      await io.end()
      await io.readFrame(1000)
    } finally {
      open -= 1
    }
  })
  const ref = refOf(data)
  const chunks = reader.exchange.read(ref, id, whole(ref), { signal: idle })
  const first = await chunks.next()
  await eventually('the transfer is given back', () => open === 0)
  const rest = await collect(chunks)
  expect(Buffer.concat([first.value as Uint8Array, rest]).equals(data)).toBe(true)
  expect(opened).toBeGreaterThan(1)
})

test('a reader that leaves ends the transfer', async () => {
  const [a, b] = await nodePair()
  const reader = await blobPeer(b)
  const data = randomBytes(40 * CHUNK)
  let ended = 0
  const id = await liar(a, async (io) => {
    try {
      await io.writeFrame(okHeader(data))
      for (let at = 0; at < data.length; at += CHUNK) await io.write(data.subarray(at, at + CHUNK))
      await io.readFrame(1000)
    } finally {
      ended += 1
    }
  })
  const ref = refOf(data)
  for await (const chunk of reader.exchange.read(ref, id, whole(ref), { signal: idle })) {
    expect(chunk.byteLength).toBe(CHUNK)
    break
  }
  await eventually('the holder sees the end', () => ended === 1)
  const stop = new AbortController()
  const chunks = reader.exchange.read(ref, id, whole(ref), { signal: stop.signal })
  await chunks.next()
  stop.abort(new Error('gone'))
  await eventually('the holder sees the end', () => ended === 2)
  await expect(collect(chunks)).rejects.toThrow('gone')
})

test('a file beside the shelf is served by its hash, as long as it has it, to whom it is for', async () => {
  const [a, b] = await nodePair()
  const folder = await tempDir()
  const data = randomBytes(2 * CHUNK + 1)
  const ref = refOf(data)
  const path = join(folder, 'film.mkv')
  await writeFile(path, data)
  let served: ServedFile | undefined = { path, bytes: data.length }
  const asked: string[] = []
  const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: CHUNK })
  const exchange = createBlobExchange({ node: a, shelf: store, log: silent })
  exchange.serveFiles(async (sha256, peer) => {
    asked.push(peer)
    return sha256 === ref.sha256 ? served : undefined
  })
  await exchange.start()
  onTestFinished(async () => exchange.stop())
  const reader = await blobPeer(b)
  const from = a.peerId.toString()
  const read = async () =>
    collect(reader.exchange.read(ref, from, { first: CHUNK - 3, last: CHUNK + 3 }, { signal: idle }))
  expect((await read()).equals(data.subarray(CHUNK - 3, CHUNK + 4))).toBe(true)
  expect(new Set(asked)).toEqual(new Set([reader.id]))
  // It can be fetched like any other, too.
  await reader.exchange.fetch(ref, [from], { signal: idle })
  expect(await reader.store.check(ref)).toBe(true)
  await writeFile(path, randomBytes(data.length))
  expect(await codeOf(read())).toBe('not-found')
  served = { path, bytes: LIMITS.blobBytesMax + 1 }
  expect(await codeOf(read())).toBe('not-found')
  served = undefined
  expect(await codeOf(read())).toBe('not-found')
})
