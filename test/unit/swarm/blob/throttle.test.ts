import { expect, test } from 'vitest'
import { createThrottle, type Throttle, type ThrottleInit } from '../../../../src/swarm/blob/throttle.ts'
import { transfersAtOnce } from '../../../../src/swarm/protocol/index.ts'
import { virtualClock } from '../../../fixtures/virtual-clock.ts'

const KiB = 1024
const MiB = 1024 * KiB
const CHUNK = 256 * KiB

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(CHUNK)
}

async function* one(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(CHUNK)
}

function bench(init: ThrottleInit = {}) {
  const time = virtualClock()
  const throttle = createThrottle({ ...init, clock: time.clock })
  return { time, throttle }
}

/** Sends to a peer, by default without end. @returns what has passed, and what ends it */
function send(throttle: Throttle, peer: string, source: AsyncIterable<Uint8Array> = endless()) {
  const sent = { bytes: 0, slices: 0 }
  const stop = new AbortController()
  const run = async (): Promise<void> => {
    for await (const slice of throttle.pace(peer, source, stop.signal)) {
      sent.bytes += slice.byteLength
      sent.slices += 1
    }
  }
  run().catch(() => undefined)
  return { sent, stop: () => stop.abort(new Error('over')) }
}

test.for([32 * KiB, 125_000, 2 * MiB, 50 * MiB])('%d bytes per second are sent at that rate', async (rate) => {
  const { time, throttle } = bench()
  throttle.setRate(rate)
  const { sent, stop } = send(throttle, 'a')
  await time.advance(10_000)
  expect(sent.bytes / 10).toBeGreaterThan(rate * 0.95)
  expect(sent.bytes / 10).toBeLessThan(rate * 1.05)
  stop()
})

test('a timer that comes late costs nothing in the long run', async () => {
  const time = virtualClock()
  const late = { ...time.clock, after: (ms: number, task: () => void) => time.clock.after(ms + 40, task) }
  const throttle = createThrottle({ clock: late })
  throttle.setRate(2 * MiB)
  const { sent, stop } = send(throttle, 'a')
  await time.advance(10_000)
  expect(sent.bytes / 10).toBeGreaterThan(2 * MiB * 0.95)
  expect(sent.bytes / 10).toBeLessThan(2 * MiB * 1.05)
  stop()
})

test('peers get equal shares, however many transfers each has', async () => {
  const { time, throttle } = bench()
  throttle.setRate(MiB)
  const many = Array.from({ length: 8 }, () => send(throttle, 'greedy'))
  const one = send(throttle, 'modest')
  const other = send(throttle, 'other')
  await time.advance(9000)
  const greedy = many.reduce((sum, { sent }) => sum + sent.bytes, 0)
  for (const share of [greedy, one.sent.bytes, other.sent.bytes]) {
    expect(share).toBeGreaterThan(3 * MiB * 0.95)
    expect(share).toBeLessThan(3 * MiB * 1.05)
  }
  // The transfers of one peer share alike too.
  const shares = many.map(({ sent }) => sent.slices)
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
  for (const { stop } of [...many, one, other]) stop()
})

test('a peer that does not count gets whole chunks at once, and costs the others nothing', async () => {
  const { time, throttle } = bench({ counts: (peer) => peer !== 'near' })
  throttle.setRate(MiB)
  const near = throttle.pace('near', endless(), new AbortController().signal)
  for (let n = 0; n < 100; n += 1) expect((await near.next()).value?.byteLength).toBe(CHUNK)
  const far = send(throttle, 'far')
  await time.advance(10_000)
  expect(far.sent.bytes).toBeGreaterThan(9.5 * MiB)
  far.stop()
})

test('another limit counts at once, and none lets everybody go', async () => {
  const { time, throttle } = bench()
  const chunks = throttle.pace('a', endless(), new AbortController().signal)
  expect((await chunks.next()).value?.byteLength).toBe(CHUNK)
  throttle.setRate(64 * KiB)
  const { sent, stop } = send(throttle, 'b')
  await time.advance(10_000)
  const slow = sent.bytes
  throttle.setRate(MiB)
  await time.advance(10_000)
  expect(sent.bytes - slow).toBeGreaterThan(9.5 * MiB)
  expect(slow).toBeLessThan(0.66 * MiB)
  stop()
  throttle.setRate(32 * KiB)
  const last = send(throttle, 'c', one())
  await time.advance(1000)
  expect(last.sent.bytes).toBeLessThan(CHUNK)
  throttle.setRate(0)
  await time.settle()
  expect(last.sent.bytes).toBe(CHUNK)
  expect(time.waiting()).toBe(0)
})

test('who leaves takes nothing from those who stay', async () => {
  const { time, throttle } = bench()
  throttle.setRate(MiB)
  const stays = send(throttle, 'stays')
  const leaves = send(throttle, 'leaves')
  await time.advance(1000)
  leaves.stop()
  const before = stays.sent.bytes
  await time.advance(10_000)
  expect(stays.sent.bytes - before).toBeGreaterThan(9.5 * MiB)
  await expect(throttle.enter('x', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  stays.stop()
})

test('as many transfers as the limit can feed, those of the peer with the fewest first', async () => {
  const { time, throttle } = bench()
  const rate = 80 * KiB
  throttle.setRate(rate)
  const max = transfersAtOnce(rate)
  expect(max).toBe(3)
  const order: string[] = []
  const leave: (() => void)[] = []
  const signal = new AbortController().signal
  const enter = (peer: string): void => {
    const note = (end: () => void): void => {
      order.push(peer)
      leave.push(end)
    }
    throttle.enter(peer, signal).then(note, () => undefined)
  }
  for (const peer of ['a', 'a', 'a', 'a', 'b', 'c']) enter(peer)
  await time.settle()
  expect(order).toEqual(['a', 'a', 'a'])
  leave[0]?.()
  // The same end twice is one end.
  leave[0]?.()
  await time.settle()
  expect(order).toEqual(['a', 'a', 'a', 'b'])
  leave[1]?.()
  await time.settle()
  expect(order).toEqual(['a', 'a', 'a', 'b', 'c'])
  throttle.setRate(0)
  await time.settle()
  expect(order).toHaveLength(6)
})
