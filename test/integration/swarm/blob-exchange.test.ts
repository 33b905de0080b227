import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeBlobHeader } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import {
  blobPeer,
  CHUNK,
  codeOf,
  hashList,
  idle,
  leavePart,
  liar,
  okHeader,
  put,
  refOf,
  refusal,
  visible,
  type BlobPeer
} from '../../fixtures/swarm-blobs.ts'
import { connect, nodePair, testNode } from '../../fixtures/swarm-node.ts'

async function peers(): Promise<[BlobPeer, BlobPeer]> {
  const [a, b] = await nodePair()
  return Promise.all([blobPeer(a), blobPeer(b)])
}

describe('a blob arrives as it is', () => {
  test.for([1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 40 * CHUNK + 17])('%i bytes', async (bytes) => {
    const [a, b] = await peers()
    const data = randomBytes(bytes)
    const ref = await put(a, data)
    await b.exchange.fetch(ref, [a.id], { signal: idle })
    expect(await b.store.check(ref)).toBe(true)
    expect((await readFile(b.store.path(ref.sha256))).equals(data)).toBe(true)
    // Held already: nobody is asked.
    await b.exchange.fetch(ref, ['nobody'], { signal: idle })
  })
})

test('many at once of one blob make one transfer', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const data = randomBytes(3 * CHUNK)
  let asked = 0
  await liar(a, async (io) => {
    asked += 1
    await io.writeFrame(okHeader(data))
    await io.write(data)
    await io.end()
  })
  const ref = refOf(data)
  const from = a.peerId.toString()
  await Promise.all(Array.from({ length: 16 }, async () => receiver.exchange.fetch(ref, [from], { signal: idle })))
  expect(asked).toBe(1)
  expect(await receiver.store.check(ref)).toBe(true)
})

test('when the one who transfers gives up, another of those who wait goes on', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const data = randomBytes(3 * CHUNK)
  const ref = refOf(data)
  const from = a.peerId.toString()
  let asked = 0
  await liar(a, async (io, { offset }) => {
    asked += 1
    await io.writeFrame(okHeader(data))
    // The first one hangs after its first chunk.
    await io.write(asked === 1 ? data.subarray(0, CHUNK) : data.subarray(offset))
    if (asked > 1) await io.end()
  })
  const first = new AbortController()
  const giving = expect(receiver.exchange.fetch(ref, [from], { signal: first.signal })).rejects.toThrow(
    'changed my mind'
  )
  await eventually('the first asks', () => asked === 1)
  const impatient = new AbortController()
  const leaving = expect(receiver.exchange.fetch(ref, [from], { signal: impatient.signal })).rejects.toThrow('bored')
  const others = Promise.all(
    Array.from({ length: 5 }, async () => receiver.exchange.fetch(ref, [from], { signal: idle }))
  )
  // One who only waits may leave while the transfer hangs.
  impatient.abort(new Error('bored'))
  await leaving
  first.abort(new Error('changed my mind'))
  await Promise.all([giving, others])
  expect(asked).toBe(2)
  expect(await receiver.store.check(ref)).toBe(true)
})

test('a transfer that was cut goes on at the byte where it was', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const data = randomBytes(6 * CHUNK + 5)
  const ref = refOf(data)
  const from = a.peerId.toString()
  const offsets: number[] = []
  await liar(a, async (io, { offset }) => {
    offsets.push(offset)
    await io.writeFrame(okHeader(data))
    if (offset > 0) {
      await io.write(data.subarray(offset))
      await io.end()
      return
    }
    await io.write(data.subarray(0, 3 * CHUNK + 100))
    const incoming = join(receiver.folder, 'blobs', 'incoming', ref.sha256)
    await eventually('three chunks are written', async () => (await readFile(incoming)).byteLength === 3 * CHUNK)
    for (const connection of a.getConnections()) connection.abort(new Error('the cable'))
  })
  await receiver.exchange.fetch(ref, [from], { signal: idle })
  expect(offsets.length).toBe(2)
  expect(offsets[1]).toBeGreaterThanOrEqual(3 * CHUNK)
  expect(await receiver.store.check(ref)).toBe(true)
})

test('several arrive over a line that never carries a whole chunk of any', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const blobs = Array.from({ length: 3 }, () => randomBytes(CHUNK + 5))
  const offsets: number[] = []
  const from = await liar(a, async (io, { sha256, offset }) => {
    const data = blobs.find((blob) => refOf(blob).sha256 === sha256) ?? Buffer.alloc(0)
    offsets.push(offset)
    await io.writeFrame(okHeader(data))
    await io.write(data.subarray(offset, offset + CHUNK / 8))
    await io.end()
  })
  await Promise.all(blobs.map(async (blob) => receiver.exchange.fetch(refOf(blob), [from], { signal: idle })))
  for (const blob of blobs) expect(await receiver.store.check(refOf(blob))).toBe(true)
  expect(offsets).toHaveLength(3 * 9)
})

test('what was left of a chunk is kept for the next fetch', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const data = randomBytes(2 * CHUNK)
  const ref = refOf(data)
  const offsets: number[] = []
  let until = CHUNK + 7
  const from = await liar(a, async (io, { offset }) => {
    offsets.push(offset)
    await io.writeFrame(okHeader(data))
    await io.write(data.subarray(offset, until))
    await io.end()
  })
  expect(await codeOf(receiver.exchange.fetch(ref, [from], { signal: idle }))).toBe('unreachable')
  until = 2 * CHUNK
  await receiver.exchange.fetch(ref, [from], { signal: idle })
  expect([...new Set(offsets)]).toEqual([0, CHUNK + 7])
  expect(await receiver.store.check(ref)).toBe(true)
})

test('one that lacked only its name is not asked for again', async () => {
  const [a, b] = await peers()
  const data = randomBytes(2 * CHUNK)
  const ref = refOf(data)
  await leavePart(b, ref, data)
  await b.exchange.fetch(ref, [a.id], { signal: idle })
  expect(await b.store.check(ref)).toBe(true)
})

test('a beginning of other bytes, left by somebody, is made good by an honest peer', async () => {
  const [a, b] = await peers()
  const data = randomBytes(3 * CHUNK)
  const ref = await put(a, data)
  await leavePart(b, ref, randomBytes(CHUNK))
  await b.exchange.fetch(ref, [a.id], { signal: idle })
  expect(await b.store.check(ref)).toBe(true)
})

describe('a peer that lies', () => {
  const data = randomBytes(3 * CHUNK + 9)
  const other = randomBytes(3 * CHUNK + 9)
  const ref = refOf(data)
  const header = (bytes: number, list: Buffer): Uint8Array =>
    encodeBlobHeader({ status: 'ok', bytes, chunkHashes: list })

  test.for([
    ['sends other bytes than it announced', header(ref.bytes, hashList(data)), other, 'wrong-bytes'],
    ['announces another blob of that length', header(ref.bytes, hashList(other)), other, 'wrong-bytes'],
    ['announces another length', header(ref.bytes + 1, hashList(data)), data, 'wrong-bytes'],
    ['announces no number of hashes that fits', Uint8Array.of(0x0a, 2, 0x6f, 0x6b, 0x10, 7), data, 'wrong-bytes'],
    ['announces no hashes at all', header(ref.bytes, Buffer.alloc(0)), data, 'wrong-bytes'],
    ['answers with garbage', Uint8Array.of(255, 255, 255), data, 'wrong-bytes'],
    ['sends too little', header(ref.bytes, hashList(data)), data.subarray(0, CHUNK + 1), 'unreachable'],
    ['does not have it', refusal('not-found'), Buffer.alloc(0), 'not-found'],
    ['has too much to do', refusal('busy'), Buffer.alloc(0), 'busy']
  ] as const)('%s', async ([, head, body, code]) => {
    const [a, b] = await nodePair()
    const receiver = await blobPeer(b)
    await liar(a, async (io, { offset }) => {
      await io.writeFrame(head)
      if (body.byteLength > offset) await io.write(body.subarray(offset))
      await io.end()
    })
    expect(await codeOf(receiver.exchange.fetch(ref, [a.peerId.toString()], { signal: idle }))).toBe(code)
    expect(await visible(receiver, ref)).toBe(false)
    // An honest one makes it good.
    const honest = await blobPeer(await testNode())
    await connect(b, honest.node)
    await put(honest, data)
    await receiver.exchange.fetch(ref, [honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
  })
})

test('no chunk hashes are found out by the header, before anything follows', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  const ref = refOf(randomBytes(3 * CHUNK))
  const from = await liar(a, async (io) =>
    io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: ref.bytes, chunkHashes: new Uint8Array() }))
  )
  await expect(receiver.exchange.fetch(ref, [from], { signal: idle })).rejects.toThrow('the chunk hashes are missing')
})

describe('a peer that stands still', () => {
  test.for(['before the header', 'in the middle'] as const)('%s is given up', async (when) => {
    const [a, b] = await nodePair()
    const receiver = await blobPeer(b, { stallMs: 150 })
    const data = randomBytes(3 * CHUNK)
    await liar(a, async (io) => {
      if (when === 'in the middle') {
        await io.writeFrame(okHeader(data))
        await io.write(data.subarray(0, CHUNK))
      }
    })
    const ref = refOf(data)
    expect(await codeOf(receiver.exchange.fetch(ref, [a.peerId.toString()], { signal: idle }))).toBe('unreachable')
    expect(await visible(receiver, ref)).toBe(false)
  })
})

test('nobody to ask', async () => {
  const [a, b] = await peers()
  const ref = refOf(randomBytes(10))
  expect(await codeOf(b.exchange.fetch(ref, [a.id], { signal: idle }))).toBe('not-found')
  expect(await codeOf(b.exchange.fetch(ref, [b.id], { signal: idle }))).toBe('not-found')
  await a.node.stop()
  expect(await codeOf(b.exchange.fetch(ref, [a.id], { signal: idle }))).toBe('unreachable')
})

test('a caller that gives up gets its own reason', async () => {
  const [a, b] = await nodePair()
  const receiver = await blobPeer(b)
  await liar(a, async () => {})
  const stop = new AbortController()
  const fetching = receiver.exchange.fetch(refOf(randomBytes(10)), [a.peerId.toString()], { signal: stop.signal })
  stop.abort(new Error('not needed any more'))
  await expect(fetching).rejects.toThrow('not needed any more')
})
