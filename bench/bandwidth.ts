/**
 * `node bench/bandwidth.ts [seconds]`: how closely blob traffic keeps to a limit, between nodes on loopback that count it as far away; what each of two peers
 * gets; and how long the answer to a question takes meanwhile. Default 10 s for each figure.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { createBlobStore } from '../src/storage/index.ts'
import { probe } from '../src/swarm/blob/ask-peer.ts'
import { type BandwidthLimits, createBandwidth, createBlobExchange, createSwarmNode } from '../src/swarm/index.ts'
import { type BlobRef, LIMITS } from '../src/swarm/protocol/index.ts'

const seconds = Number(process.argv[2] ?? 10)
const signal = new AbortController().signal
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))

async function peer(limits: BandwidthLimits) {
  const node = await createSwarmNode({
    privateKey: await generateKeyPair('Ed25519'),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    datastore: new MemoryDatastore()
  })
  await node.start()
  const path = join(folder, node.peerId.toString())
  const shelf = await createBlobStore(path, { chunkBytes: LIMITS.chunkBytes })
  const bandwidth = createBandwidth()
  bandwidth.set(limits)
  const exchange = createBlobExchange({ node, shelf, log, bandwidth })
  await exchange.start()
  return { node, shelf, exchange, id: node.peerId.toString() }
}

type Peer = Awaited<ReturnType<typeof peer>>

async function put({ shelf }: Peer, bytes: number): Promise<BlobRef> {
  const file = join(folder, randomBytes(4).toString('hex'))
  await writeFile(file, randomBytes(bytes))
  return (await shelf.adopt(file)).ref
}

/** @returns how long it took, in seconds */
async function fetchAll({ exchange }: Peer, refs: readonly BlobRef[], source: Peer): Promise<number> {
  const beganAt = performance.now()
  await Promise.all(refs.map(async (ref) => exchange.fetch(ref, [source.id], { signal })))
  return (performance.now() - beganAt) / 1000
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

async function measure(direction: 'upload' | 'download', rate: number): Promise<void> {
  const none = { upload: 0, download: 0 }
  const owner = await peer(direction === 'upload' ? { ...none, upload: rate } : none)
  const worker = await peer(direction === 'download' ? { ...none, download: rate } : none)
  await worker.node.dial(owner.node.getMultiaddrs())
  const part = Math.ceil((rate * seconds) / 4)
  const refs = await Promise.all(Array.from({ length: 4 }, async () => put(owner, part)))
  const asked: number[] = []
  const over = new AbortController()
  const asking = (async () => {
    while (!over.signal.aborted) {
      const askedAt = performance.now()
      await probe(worker.node, refs[0] ?? { sha256: '', bytes: 0 }, owner.id, signal)
      asked.push(performance.now() - askedAt)
      await delay(100)
    }
  })()
  const took = await fetchAll(worker, refs, owner)
  over.abort()
  await asking
  const median = asked.toSorted((a, b) => a - b)[Math.floor(asked.length / 2)] ?? 0
  const reached = (4 * part) / took / rate
  console.log(
    `${direction} at ${rate} bytes/s: ${percent(reached)} of it, ${median.toFixed(1)} ms for a question meanwhile`
  )
  await owner.node.stop()
  await worker.node.stop()
}

/** Two peers fetch at once, one of them eight blobs and one a single one. */
async function shares(rate: number): Promise<void> {
  const owner = await peer({ upload: rate, download: 0 })
  const [many, one] = [await peer({ upload: 0, download: 0 }), await peer({ upload: 0, download: 0 })]
  for (const worker of [many, one]) await worker.node.dial(owner.node.getMultiaddrs())
  const half = Math.ceil((rate * seconds) / 2)
  const small = await Promise.all(Array.from({ length: 8 }, async () => put(owner, Math.ceil(half / 8))))
  const large = [await put(owner, half)]
  const [tookMany, tookOne] = await Promise.all([fetchAll(many, small, owner), fetchAll(one, large, owner)])
  const share = half / tookOne / rate
  console.log(
    `two peers, 8 transfers and 1: the one got ${percent(share)} of the limit; both took ${Math.max(tookMany, tookOne).toFixed(1)} s`
  )
  for (const { node } of [owner, many, one]) await node.stop()
}

try {
  for (const rate of [125_000, 2 << 20, 16 << 20]) await measure('upload', rate)
  for (const rate of [125_000, 2 << 20]) await measure('download', rate)
  await shares(2 << 20)
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
