import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BANDWIDTH_MIN,
  drawn,
  filled,
  LIMITS,
  mayDraw,
  refillMs,
  SLICE_BYTES,
  transfersAtOnce,
  type Bucket
} from '../../../../src/swarm/protocol/index.ts'

const rates = fc.integer({ min: BANDWIDTH_MIN, max: 2 ** 33 })

test('whoever waits as long as he is told may draw, and never more than the rate in the long run', () => {
  fc.assert(
    fc.property(
      rates,
      fc.array(fc.integer({ min: 1, max: SLICE_BYTES }), { minLength: 50, maxLength: 200 }),
      (rate, sizes) => {
        let bucket: Bucket = { bytes: 0, atMs: 0 }
        let sent = 0
        let now = 0
        for (const bytes of sizes) {
          now += refillMs(bucket, rate)
          bucket = filled(bucket, rate, now)
          expect(mayDraw(bucket)).toBe(true)
          bucket = drawn(bucket, bytes)
          sent += bytes
        }
        expect(sent).toBeLessThanOrEqual((now / 1000) * rate + SLICE_BYTES + 1)
      }
    )
  )
})

test.for([
  ['a clock that stands still', { bytes: 5, atMs: 100 }, 100, 5],
  ['a clock that goes back', { bytes: 5, atMs: 100 }, 50, 5],
  ['a long pause saves little', { bytes: 0, atMs: 0 }, 3_600_000, 100_000]
] as const)('%s', ([, bucket, now, bytes]) => {
  expect(filled(bucket, 1_000_000, now).bytes).toBe(bytes)
})

test('a chunk never takes so long that the transfer looks stalled', () => {
  fc.assert(
    fc.property(rates, (rate) => {
      const transfers = transfersAtOnce(rate)
      expect(transfers).toBeGreaterThanOrEqual(1)
      expect((transfers * LIMITS.chunkBytes) / rate).toBeLessThanOrEqual(10)
    })
  )
})
