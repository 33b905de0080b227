import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { createChunkHashes } from '../../../src/swarm/blob/chunk-hashes.ts'
import { SERVING } from '../../../src/swarm/blob/serving-limits.ts'
import {
  decodeBlobHeader,
  encodeBlobReceipt,
  encodeBlobRequest,
  LIMITS,
  type BlobHeader,
  type BlobRef
} from '../../../src/swarm/protocol/index.ts'
import { createStreamIO, type StreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { blobPeer, CHUNK, codeOf, idle, put, refOf, type BlobPeer } from '../../fixtures/swarm-blobs.ts'
import { connect, nodePair, testNode } from '../../fixtures/swarm-node.ts'
import type { BlobExchangeInit } from '../../../src/swarm/blob/blob-exchange.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'

interface Holder {
  readonly holder: BlobPeer
  readonly asker: SwarmNode
  readonly delivered: string[]
}

/** Somebody who serves, and a connected node that speaks the protocol by hand. */
async function holderAndAsker(init: BlobExchangeInit = {}): Promise<Holder> {
  const [a, b] = await nodePair()
  const delivered: string[] = []
  const onDelivered = (peer: string, ref: BlobRef): number => delivered.push(`${peer} ${ref.sha256} ${ref.bytes}`)
  return { holder: await blobPeer(a, { onDelivered, ...init }), asker: b, delivered }
}

async function open(from: SwarmNode, to: SwarmNode): Promise<StreamIO> {
  const io = createStreamIO(await from.dialProtocol(to.peerId, BLOB_PROTOCOL))
  onTestFinished(() => io.abort(new Error('over')))
  return io
}

async function ask(io: StreamIO, sha256: string, probe = false): Promise<BlobHeader | undefined> {
  await io.writeFrame(encodeBlobRequest({ sha256, offset: 0, probe }))
  const frame = await io.readFrame(LIMITS.blobHeaderBytesMax)
  return frame == null ? undefined : decodeBlobHeader(frame)
}

async function readAll(io: StreamIO): Promise<number> {
  let bytes = 0
  for await (const data of io.body()) bytes += data.byteLength
  return bytes
}

const streamsOf = (node: SwarmNode): number =>
  node.getConnections().flatMap((connection) => connection.streams.filter(({ protocol }) => protocol === BLOB_PROTOCOL))
    .length

test('a transfer is delivered when the receiver has acknowledged the hash', async () => {
  const { holder, asker, delivered } = await holderAndAsker()
  const ref = await put(holder, randomBytes(3 * CHUNK + 1))
  const receiver = await blobPeer(asker)
  await receiver.exchange.fetch(ref, [holder.id], { signal: idle })
  await eventually('the receipt', () => delivered.length > 0)
  expect(delivered).toEqual([`${receiver.id} ${ref.sha256} ${ref.bytes}`])
  await eventually('no stream is left', () => streamsOf(asker) === 0 && streamsOf(holder.node) === 0)
})

test.for([
  ['vanishes with all bytes in hand', async (io: StreamIO) => io.abort(new Error('gone'))],
  ['ends without a receipt', async (io: StreamIO) => io.end()],
  ['names another hash', async (io: StreamIO) => io.writeFrame(encodeBlobReceipt('ab'.repeat(32)))],
  ['answers with garbage', async (io: StreamIO) => io.writeFrame(Uint8Array.of(255))],
  ['says nothing', async () => {}]
] as const)('a receiver that %s has not got it', async ([how, leave]) => {
  // Only one of them is waited for; the others get their bytes however busy the machine is.
  const { holder, asker, delivered } = await holderAndAsker(how === 'says nothing' ? { stallMs: 1_500 } : {})
  const ref = await put(holder, randomBytes(2 * CHUNK))
  const io = await open(asker, holder.node)
  expect((await ask(io, ref.sha256))?.status).toBe('ok')
  expect(await readAll(io)).toBe(ref.bytes)
  await leave(io)
  await eventually('the holder is done with it', () => streamsOf(holder.node) === 0)
  expect(delivered).toEqual([])
})

test('a peer gets so many transfers at once, then it is told to wait; a probe is answered', async () => {
  const { holder, asker } = await holderAndAsker()
  const ref = await put(holder, randomBytes(40 * CHUNK))
  const answers: (string | undefined)[] = []
  for (let index = 0; index < 10; index += 1)
    answers.push((await ask(await open(asker, holder.node), ref.sha256))?.status)
  expect(answers).toEqual([...Array.from({ length: 8 }, () => 'ok'), 'busy', 'busy'])
  const probed = await ask(await open(asker, holder.node), ref.sha256, true)
  expect(probed).toEqual({ status: 'ok', bytes: ref.bytes, chunkHashes: new Uint8Array() })
  // Others are served meanwhile.
  const other = await blobPeer(await testNode())
  await connect(other.node, holder.node)
  expect(await codeOf(other.exchange.fetch(ref, [holder.id], { signal: idle }))).toBe('done')
})

test('a receiver waits in line rather than be refused: a hundred blobs at once from one peer', async () => {
  const { holder, asker, delivered } = await holderAndAsker()
  const refs = await Promise.all(Array.from({ length: 100 }, async () => put(holder, randomBytes(CHUNK + 1))))
  const receiver = await blobPeer(asker)
  await Promise.all(refs.map(async (ref) => receiver.exchange.fetch(ref, [holder.id], { signal: idle })))
  for (const ref of refs) expect(await receiver.store.check(ref)).toBe(true)
  await eventually('all receipts', () => delivered.length === 100)
})

test('requests come at a bounded rate; those above it cost no look at the disk', async () => {
  const [a, b] = await nodePair()
  const holder = await blobPeer(a)
  let looks = 0
  const { size } = holder.store
  holder.store.size = async (sha256) => {
    looks += 1
    return size(sha256)
  }
  const asks = SERVING.requestsBurst + 150
  const began = performance.now()
  let busy = 0
  for (let index = 0; index < asks; index += 1) {
    const io = createStreamIO(await b.dialProtocol(a.peerId, BLOB_PROTOCOL))
    if ((await ask(io, 'ab'.repeat(32), true))?.status === 'busy') busy += 1
    await io.end()
  }
  const refilled = Math.ceil(((performance.now() - began) / 1000) * SERVING.requestsPerSecond) + 1
  expect(looks).toBeLessThanOrEqual(SERVING.requestsBurst + refilled)
  expect(busy).toBe(asks - looks)
})

test('a peer that opens streams and asks nothing is cut off', async () => {
  const { holder, asker } = await holderAndAsker({ stallMs: 200 })
  const silent = await Promise.all(Array.from({ length: 20 }, async () => open(asker, holder.node)))
  // On a busy machine the first are cut off by now.
  for (const io of silent) await io.write(Uint8Array.of(0, 0)).catch(() => {})
  await Promise.all(silent.map(async (io) => expect(io.readFrame(10)).rejects.toThrow()))
  await eventually('all are cut', () => streamsOf(holder.node) === 0)
})

test.for([
  ['before its request', false],
  ['after its request', true]
] as const)('a peer that sends much %s is cut off, whatever the holder does', async ([, asks]) => {
  const { holder, asker } = await holderAndAsker()
  const ref = await put(holder, randomBytes(40 * CHUNK))
  const io = await open(asker, holder.node)
  if (asks) await ask(io, ref.sha256)
  let accepted = 0
  const flood = async (): Promise<void> => {
    for (;;) {
      await io.write(Buffer.alloc(CHUNK, 1))
      accepted += CHUNK
    }
  }
  await expect(flood()).rejects.toThrow()
  // What was under way when it was cut.
  expect(accepted).toBeLessThan(32 * CHUNK)
  await eventually('the stream is cut', () => streamsOf(holder.node) === 0)
})

test('a file is hashed once, however many ask at the same time', async () => {
  const { holder } = await holderAndAsker()
  const ref = await put(holder, randomBytes(30 * CHUNK))
  const { path } = holder.store
  const hashes = createChunkHashes({ bytesMax: 10_000, parallel: 1, runningMax: 4, signal: idle })
  const lists = await Promise.all(Array.from({ length: 50 }, async () => hashes.of(ref.sha256, path(ref.sha256))))
  // One promise, so one and the same list.
  expect(new Set(lists).size).toBe(1)
  expect(lists[0]).toHaveLength(30 * 32)
  expect(await hashes.of(ref.sha256, path(ref.sha256))).toBe(lists[0])
})

test('lists are forgotten by their bytes, the longest unused first', async () => {
  const { holder } = await holderAndAsker()
  const hashes = createChunkHashes({ bytesMax: 5 * 32, parallel: 2, runningMax: 4, signal: idle })
  const list = async (ref: BlobRef): Promise<Uint8Array | undefined> =>
    hashes.of(ref.sha256, holder.store.path(ref.sha256))
  const [a, b, c] = await Promise.all([2, 2, 2].map(async (chunks) => put(holder, randomBytes(chunks * CHUNK))))
  if (a == null || b == null || c == null) throw new Error('three blobs')
  const first = await list(a)
  const second = await list(b)
  expect(await list(a)).toBe(first)
  await list(c)
  expect(await list(a)).toBe(first)
  expect(await list(b)).not.toBe(second)
})

test('a holder whose file went bad says that it does not have it, until it has a good one', async () => {
  const { holder, asker } = await holderAndAsker()
  const data = randomBytes(2 * CHUNK)
  const ref = await put(holder, data)
  await writeFile(holder.store.path(ref.sha256), randomBytes(2 * CHUNK))
  const receiver = await blobPeer(asker)
  expect(await codeOf(receiver.exchange.fetch(ref, [holder.id], { signal: idle }))).toBe('not-found')
  expect(await holder.store.check(refOf(data))).toBe(false)
  await put(holder, data)
  expect(await codeOf(receiver.exchange.fetch(ref, [holder.id], { signal: idle }))).toBe('done')
})
