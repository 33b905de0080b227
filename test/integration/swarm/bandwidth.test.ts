import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { createBandwidth } from '../../../src/swarm/index.ts'
import { decodeBlobHeader, encodeBlobRequest, LIMITS } from '../../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { blobPeer, CHUNK, idle, put } from '../../fixtures/swarm-blobs.ts'
import { nodePair } from '../../fixtures/swarm-node.ts'

const RATE = 4 << 20
const FILM = randomBytes(8 * CHUNK)
/** Less than this cannot be: what is saved up while nothing moves comes off. */
const MS_MIN = (1000 * (FILM.byteLength - RATE / 5)) / RATE

const limited = (direction: 'upload' | 'download', counts = true) => {
  const bandwidth = createBandwidth(() => counts)
  bandwidth.set({ upload: 0, download: 0, [direction]: RATE })
  return bandwidth
}

test.for([
  ['what is sent', 'upload', 'fetch'],
  ['what is fetched', 'download', 'fetch'],
  ['what is read for a player', 'download', 'read']
] as const)('%s keeps to its limit', async ([, direction, way]) => {
  const [a, b] = await nodePair()
  const holder = await blobPeer(a, {}, direction === 'upload' ? { bandwidth: limited('upload') } : {})
  const asker = await blobPeer(b, {}, direction === 'download' ? { bandwidth: limited('download') } : {})
  const ref = await put(holder, FILM)
  const beganAt = performance.now()
  if (way === 'fetch') await asker.exchange.fetch(ref, [holder.id], { signal: idle })
  else {
    const part = { first: 0, last: ref.bytes - 1 }
    let bytes = 0
    for await (const chunk of asker.exchange.read(ref, holder.id, part, { signal: idle })) bytes += chunk.byteLength
    expect(bytes).toBe(ref.bytes)
  }
  expect(performance.now() - beganAt).toBeGreaterThan(MS_MIN)
})

test('a limit that cannot feed two transfers lets the second wait, and then says that it is busy', async () => {
  const [a, b] = await nodePair()
  const bandwidth = createBandwidth()
  bandwidth.set({ upload: 32 * 1024, download: 0 })
  const holder = await blobPeer(a, { stallMs: 1000 }, { bandwidth })
  const ref = await put(holder, FILM)
  const ask = async () => {
    const io = createStreamIO(await b.dialProtocol(a.peerId, BLOB_PROTOCOL))
    await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: 0, probe: false }))
    const frame = await io.readFrame(LIMITS.blobHeaderBytesMax)
    return { io, status: frame && decodeBlobHeader(frame).status }
  }
  const first = await ask()
  const second = await ask()
  expect([first.status, second.status]).toEqual(['ok', 'busy'])
  // A question costs nothing: it is answered meanwhile.
  const io = createStreamIO(await b.dialProtocol(a.peerId, BLOB_PROTOCOL))
  await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: 0, probe: true }))
  expect(decodeBlobHeader((await io.readFrame(LIMITS.blobHeaderBytesMax)) ?? new Uint8Array()).status).toBe('ok')
  for (const one of [first.io, second.io, io]) one.abort(new Error('over'))
})
