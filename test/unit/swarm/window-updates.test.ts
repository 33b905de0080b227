import { yamux } from '@libp2p/yamux'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import type { CreateMuxers } from '../../../src/swarm/muxers.ts'
import { withRareUpdates } from '../../../src/swarm/window-updates.ts'
import type { Stream } from '@libp2p/interface'

const MESSAGES = 200
const MESSAGE_BYTES = 500
const BULK_BYTES = 4 << 20
const WINDOW_BYTES = 256 << 10

const plain: CreateMuxers<unknown> = yamux()

/** One stream over a connection, from its opener's side and the other, and the bytes that came back over the connection. */
async function open(create: CreateMuxers<unknown>) {
  const [near, far] = multiaddrConnectionPair()
  const factory = create({})
  const muxers = { near: factory.createStreamMuxer(near), far: factory.createStreamMuxer(far) }
  const back = { bytes: 0 }
  near.addEventListener('message', ({ data }) => (back.bytes += data.byteLength))
  const arrived = new Promise<Stream>((done) =>
    muxers.far.addEventListener('stream', ({ detail }) => done(detail), { once: true })
  )
  const own = await muxers.near.createStream()
  return { own, theirs: await arrived, back, close: () => near.abort(new Error('over')) }
}

/** Resolves once so many bytes came. */
const received = async (stream: Stream, bytes: number): Promise<void> =>
  new Promise((done) => {
    let left = bytes
    stream.addEventListener('message', ({ data }) => {
      left -= data.byteLength
      if (left <= 0) done()
    })
  })

async function sendMessages(create: CreateMuxers<unknown>): Promise<number> {
  const { own, theirs, back, close } = await open(create)
  for (let n = 0; n < MESSAGES; n += 1) {
    const one = received(theirs, MESSAGE_BYTES)
    own.send(new Uint8Array(MESSAGE_BYTES))
    await one
  }
  close()
  return back.bytes
}

test('short messages cause few window updates', async () => {
  const before = await sendMessages(plain)
  const after = await sendMessages(withRareUpdates(plain))
  // Each is a header of 12 bytes.
  expect(before).toBeGreaterThan(MESSAGES * 12)
  expect(after).toBeLessThan(before / 10)
})

test('a stream carries far more than its window', async () => {
  const { own, theirs, close } = await open(withRareUpdates(plain))
  const all = received(theirs, BULK_BYTES)
  for (let sent = 0; sent < BULK_BYTES; sent += WINDOW_BYTES)
    if (!own.send(new Uint8Array(WINDOW_BYTES)))
      await new Promise((done) => own.addEventListener('drain', done, { once: true }))
  await all
  close()
})

test('a reader that pauses holds its sender back within the window, and the rest comes when it goes on', async () => {
  const { own, theirs, close } = await open(withRareUpdates(plain))
  let got = 0
  theirs.addEventListener('message', ({ data }) => (got += data.byteLength))
  const first = received(theirs, 1)
  own.send(new Uint8Array(1))
  await first
  theirs.pause()
  let accepted = 1
  while (accepted < BULK_BYTES) {
    accepted += WINDOW_BYTES
    if (!own.send(new Uint8Array(WINDOW_BYTES))) break
  }
  expect(accepted).toBeLessThan(BULK_BYTES)
  const all = received(theirs, accepted - 1)
  theirs.resume()
  await all
  expect(got).toBe(accepted)
  close()
})
