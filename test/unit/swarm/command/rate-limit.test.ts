import { expect, test } from 'vitest'
import { createRateLimit } from '../../../../src/swarm/command/rate-limit.ts'

const taken = (take: () => boolean, tries: number): number => Array.from({ length: tries }, take).filter(Boolean).length

test('a burst, then so many a second, each peer for itself', () => {
  let nowMs = 1000
  const rate = createRateLimit({ burst: 5, perSecond: 2, nowMs: () => nowMs })
  expect(taken(() => rate.take('a'), 20)).toBe(5)
  expect(taken(() => rate.take('b'), 4)).toBe(4)
  nowMs += 1000
  expect(taken(() => rate.take('a'), 20)).toBe(2)
  expect(taken(() => rate.take('b'), 20)).toBe(3)
  nowMs += 400
  expect(taken(() => rate.take('a'), 20)).toBe(0)
  nowMs += 100
  expect(taken(() => rate.take('a'), 20)).toBe(1)
  nowMs += 3_600_000
  expect(taken(() => rate.take('a'), 20)).toBe(5)
})
