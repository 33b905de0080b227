import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { createBlobStore } from '../../src/storage/index.ts'
import { createBlobExchange, createSwarmNode } from '../../src/swarm/index.ts'
import { LIMITS } from '../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../src/swarm/stream-io.ts'
import { metered } from './meter.ts'
import type { FromPeer, ToPeer } from './messages.ts'

// A peer of the bench in a process of its own, with its blobs below the folder given as argument.

/** Bytes from memory, as many as are asked for in four bytes: what a stream carries without disk and hashes. */
const STREAM_PROTOCOL = '/grav1-bench/stream/1.0.0'
const many = 1 << 20
const doors = {
  '/grav1-bench/stream': {
    streamsPerPeer: 8,
    streamsPerRange: 64,
    streamsMax: 64,
    opensBurst: 64,
    opensPerSecond: 8,
    bytesBurst: many,
    bytesPerSecond: many
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const tell = (message: FromPeer): void => void process.send?.(message)
const { signal } = new AbortController()

const folder = process.argv[2] ?? ''
const node = await createSwarmNode({
  privateKey: await generateKeyPair('Ed25519'),
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mdns: false,
  datastore: new MemoryDatastore(),
  doors
})
const shelf = await createBlobStore(join(folder, 'blobs'), { chunkBytes: LIMITS.chunkBytes })
const exchange = createBlobExchange({ node, shelf, log: silent })
await exchange.start()
await node.handle(STREAM_PROTOCOL, async (stream) => {
  const io = createStreamIO(stream)
  const asked = await io.readExact(4, signal)
  let left = new DataView(asked.buffer).getUint32(0)
  const chunk = new Uint8Array(LIMITS.chunkBytes).fill(7)
  for (; left > 0; left -= Math.min(left, chunk.byteLength)) await io.write(chunk.subarray(0, left), signal)
  await io.end(signal)
})
await node.start()

async function readStream(address: string, bytes: number): Promise<void> {
  const connection = await node.dial(multiaddr(address))
  const io = createStreamIO(await connection.newStream(STREAM_PROTOCOL))
  const asked = new Uint8Array(4)
  new DataView(asked.buffer).setUint32(0, bytes)
  await io.write(asked, signal)
  let came = 0
  for await (const part of io.body(bytes, signal)) came += part.byteLength
  if (came !== bytes) throw new Error(`${came} of ${bytes} bytes came`)
  await io.end(signal)
}

async function answer(message: ToPeer): Promise<FromPeer> {
  if (message.type === 'publish') {
    const { used, value } = await metered(async () => shelf.adopt(message.file))
    return { type: 'published', ...value.ref, ...used }
  }
  const source = message.address.split('/').at(-1) ?? ''
  await node.dial(multiaddr(message.address))
  const { used } = await metered(async () => {
    if (message.type === 'stream') await readStream(message.address, message.bytes)
    else await exchange.fetch(message.ref, [source], { signal })
  })
  return { type: 'came', ...used }
}

process.on('message', (message: ToPeer) => {
  void answer(message).then(tell, (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit(0))
tell({ type: 'ready', address: String(node.getMultiaddrs()[0]) })
