import { expect, test } from 'vitest'
import { createRateLimit } from '../../../src/swarm/rate-limit.ts'

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

test('above peersMax the one that was used longest ago is forgotten, and only that one', () => {
  const rate = createRateLimit({ burst: 2, perSecond: 1, peersMax: 2, nowMs: () => 0 })
  expect(taken(() => rate.take('a'), 3)).toBe(2)
  expect(taken(() => rate.take('b'), 3)).toBe(2)
  expect(taken(() => rate.take('a'), 1)).toBe(0)
  expect(taken(() => rate.take('c'), 3)).toBe(2)
  expect(taken(() => rate.take('a'), 1)).toBe(0)
  expect(taken(() => rate.take('b'), 3)).toBe(2)
})
