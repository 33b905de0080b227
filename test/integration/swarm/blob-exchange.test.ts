import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBlobStore, type BlobStore } from '../../../src/storage/index.ts'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { BlobError, createBlobExchange, type BlobExchange, type SwarmNode } from '../../../src/swarm/index.ts'
import { decodeBlobRequest, encodeBlobHeader, LIMITS, type BlobRef } from '../../../src/swarm/protocol/index.ts'
import { createStreamIO, type StreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, nodePair, silent, testNode } from '../../fixtures/swarm-node.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const CHUNK = LIMITS.chunkBytes
const idle = new AbortController().signal

interface Peer {
  readonly node: SwarmNode
  readonly id: string
  readonly store: BlobStore
  readonly folder: string
  readonly exchange: BlobExchange
}

async function peer(node: SwarmNode, stallMs?: number): Promise<Peer> {
  const folder = await tempDir()
  const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: CHUNK })
  const exchange = createBlobExchange({ node, shelf: store, log: silent }, stallMs == null ? {} : { stallMs })
  await exchange.start()
  onTestFinished(async () => exchange.stop())
  return { node, id: node.peerId.toString(), store, folder, exchange }
}

async function peers(stallMs?: number): Promise<[Peer, Peer]> {
  const [a, b] = await nodePair()
  return Promise.all([peer(a, stallMs), peer(b, stallMs)])
}

async function put(holder: Peer, data: Buffer): Promise<BlobRef> {
  const file = join(holder.folder, randomBytes(4).toString('hex'))
  await writeFile(file, data)
  return holder.store.adopt(file)
}

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest()
const refOf = (data: Uint8Array): BlobRef => ({ sha256: sha256(data).toString('hex'), bytes: data.byteLength })
const hashList = (data: Buffer): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(data.byteLength / CHUNK) }, (_, index) =>
      sha256(data.subarray(index * CHUNK, (index + 1) * CHUNK))
    )
  )

const codeOf = async (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'done',
    (error: unknown) => (error instanceof BlobError ? error.code : Promise.reject(error as Error))
  )

/** A peer that answers as the test says. */
async function liar(node: SwarmNode, answer: (io: StreamIO, offset: number) => Promise<void>): Promise<void> {
  await node.handle(BLOB_PROTOCOL, async (stream) => {
    const io = createStreamIO(stream)
    try {
      const frame = await io.readFrame(1000)
      if (frame != null) await answer(io, decodeBlobRequest(frame).offset)
    } catch {
      // The other side gave up.
    }
  })
}

const visible = async ({ store, folder }: Peer, ref: BlobRef): Promise<boolean> =>
  (await store.size(ref.sha256)) != null || (await readdir(join(folder, 'blobs'))).length > 1

describe('a blob arrives as it is', () => {
  test.for([1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 40 * CHUNK + 17])('%i bytes', async (bytes) => {
    const [a, b] = await peers()
    const data = randomBytes(bytes)
    const ref = await put(a, data)
    await b.exchange.fetch(ref, a.id, { signal: idle })
    expect(await b.store.check(ref)).toBe(true)
    expect((await readFile(b.store.path(ref.sha256))).equals(data)).toBe(true)
    // Held already: nobody is asked.
    await b.exchange.fetch(ref, 'nobody', { signal: idle })
  })
})

test('many at once of one blob make one transfer', async () => {
  const [a, b] = await nodePair()
  const receiver = await peer(b)
  const data = randomBytes(3 * CHUNK)
  let asked = 0
  await liar(a, async (io) => {
    asked += 1
    await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: data.byteLength, chunkHashes: hashList(data) }))
    await io.write(data)
    await io.end()
  })
  const ref = refOf(data)
  const from = a.peerId.toString()
  await Promise.all(Array.from({ length: 16 }, async () => receiver.exchange.fetch(ref, from, { signal: idle })))
  expect(asked).toBe(1)
  expect(await receiver.store.check(ref)).toBe(true)
})

test('when the one who transfers gives up, another of those who wait goes on', async () => {
  const [a, b] = await nodePair()
  const receiver = await peer(b)
  const data = randomBytes(3 * CHUNK)
  const ref = refOf(data)
  const from = a.peerId.toString()
  let asked = 0
  await liar(a, async (io, offset) => {
    asked += 1
    await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: data.byteLength, chunkHashes: hashList(data) }))
    // The first one hangs after its first chunk.
    await io.write(asked === 1 ? data.subarray(0, CHUNK) : data.subarray(offset))
    if (asked > 1) await io.end()
  })
  const first = new AbortController()
  const giving = expect(receiver.exchange.fetch(ref, from, { signal: first.signal })).rejects.toThrow('changed my mind')
  await eventually('the first asks', () => asked === 1)
  const impatient = new AbortController()
  const leaving = expect(receiver.exchange.fetch(ref, from, { signal: impatient.signal })).rejects.toThrow('bored')
  const others = Promise.all(
    Array.from({ length: 5 }, async () => receiver.exchange.fetch(ref, from, { signal: idle }))
  )
  // One who only waits may leave while the transfer hangs.
  impatient.abort(new Error('bored'))
  await leaving
  first.abort(new Error('changed my mind'))
  await Promise.all([giving, others])
  expect(asked).toBe(2)
  expect(await receiver.store.check(ref)).toBe(true)
})

test('a transfer that was cut goes on where it was', async () => {
  const [a, b] = await nodePair()
  const receiver = await peer(b)
  const data = randomBytes(6 * CHUNK + 5)
  const ref = refOf(data)
  const from = a.peerId.toString()
  const offsets: number[] = []
  await liar(a, async (io, offset) => {
    offsets.push(offset)
    await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: data.byteLength, chunkHashes: hashList(data) }))
    if (offsets.length > 1) {
      await io.write(data.subarray(offset))
      await io.end()
      return
    }
    await io.write(data.subarray(0, 3 * CHUNK + 100))
    const incoming = join(receiver.folder, 'blobs', 'incoming', ref.sha256)
    await eventually('three chunks are written', async () => (await readFile(incoming)).byteLength === 3 * CHUNK)
    for (const connection of a.getConnections()) connection.abort(new Error('the cable'))
  })
  expect(await codeOf(receiver.exchange.fetch(ref, from, { signal: idle }))).toBe('unreachable')
  expect(await visible(receiver, ref)).toBe(false)
  await connect(b, a)
  await receiver.exchange.fetch(ref, from, { signal: idle })
  expect(offsets).toEqual([0, 3 * CHUNK])
  expect(await receiver.store.check(ref)).toBe(true)
})

test('one that lacked only its name is not asked for again', async () => {
  const [a, b] = await peers()
  const data = randomBytes(2 * CHUNK)
  const ref = refOf(data)
  const writer = await b.store.receive(ref)
  await writer.write(data)
  await writer.close()
  await b.exchange.fetch(ref, a.id, { signal: idle })
  expect(await b.store.check(ref)).toBe(true)
})

test('a beginning of other bytes, left by somebody, is made good by an honest peer', async () => {
  const [a, b] = await peers()
  const data = randomBytes(3 * CHUNK)
  const ref = await put(a, data)
  const writer = await b.store.receive(ref)
  await writer.write(randomBytes(CHUNK))
  await writer.close()
  await b.exchange.fetch(ref, a.id, { signal: idle })
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
    ['answers with garbage', Uint8Array.of(255, 255, 255), data, 'wrong-bytes'],
    ['sends too little', header(ref.bytes, hashList(data)), data.subarray(0, CHUNK + 1), 'unreachable'],
    [
      'does not have it',
      encodeBlobHeader({ status: 'not-found', bytes: 0, chunkHashes: new Uint8Array() }),
      Buffer.alloc(0),
      'not-found'
    ],
    [
      'has too much to do',
      encodeBlobHeader({ status: 'busy', bytes: 0, chunkHashes: new Uint8Array() }),
      Buffer.alloc(0),
      'busy'
    ]
  ] as const)('%s', async ([, head, body, code]) => {
    const [a, b] = await nodePair()
    const receiver = await peer(b)
    await liar(a, async (io) => {
      await io.writeFrame(head)
      if (body.byteLength > 0) await io.write(body)
      await io.end()
    })
    expect(await codeOf(receiver.exchange.fetch(ref, a.peerId.toString(), { signal: idle }))).toBe(code)
    expect(await visible(receiver, ref)).toBe(false)
    // An honest one makes it good.
    const honest = await peer(await testNode())
    await connect(b, honest.node)
    await put(honest, data)
    await receiver.exchange.fetch(ref, honest.id, { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
  })
})

describe('a peer that stands still', () => {
  test.for(['before the header', 'in the middle'] as const)('%s is given up', async (when) => {
    const [a, b] = await nodePair()
    const receiver = await peer(b, 150)
    const data = randomBytes(3 * CHUNK)
    await liar(a, async (io) => {
      if (when === 'in the middle') {
        await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: data.byteLength, chunkHashes: hashList(data) }))
        await io.write(data.subarray(0, CHUNK))
      }
    })
    const ref = refOf(data)
    expect(await codeOf(receiver.exchange.fetch(ref, a.peerId.toString(), { signal: idle }))).toBe('unreachable')
    expect(await visible(receiver, ref)).toBe(false)
  })
})

test('nobody to ask', async () => {
  const [a, b] = await peers()
  const ref = refOf(randomBytes(10))
  expect(await codeOf(b.exchange.fetch(ref, a.id, { signal: idle }))).toBe('not-found')
  expect(await codeOf(b.exchange.fetch(ref, b.id, { signal: idle }))).toBe('not-found')
  await a.node.stop()
  expect(await codeOf(b.exchange.fetch(ref, a.id, { signal: idle }))).toBe('unreachable')
})

test('a caller that gives up gets its own reason', async () => {
  const [a, b] = await nodePair()
  const receiver = await peer(b)
  await liar(a, async () => {})
  const stop = new AbortController()
  const fetching = receiver.exchange.fetch(refOf(randomBytes(10)), a.peerId.toString(), { signal: stop.signal })
  stop.abort(new Error('not needed any more'))
  await expect(fetching).rejects.toThrow('not needed any more')
})

test('one peer gets so many transfers at once, then it is told to wait', async () => {
  const [a, b] = await peers()
  const data = randomBytes(40 * CHUNK)
  const ref = await put(a, data)
  const ask = async (): Promise<string> => {
    const io = createStreamIO(await b.node.dialProtocol(a.node.peerId, BLOB_PROTOCOL))
    onTestFinished(() => io.abort(new Error('over')))
    const { encodeBlobRequest, decodeBlobHeader } = await import('../../../src/swarm/protocol/index.ts')
    await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: 0, probe: false }))
    const frame = await io.readFrame(LIMITS.blobHeaderBytesMax)
    return frame == null ? 'nothing' : decodeBlobHeader(frame).status
  }
  const answers: string[] = []
  for (let index = 0; index < 10; index += 1) answers.push(await ask())
  expect(answers.filter((answer) => answer === 'ok')).toHaveLength(8)
  expect(answers.slice(8)).toEqual(['busy', 'busy'])
})
