import { expect, test } from 'vitest'
import { createWaste } from '../../../../src/swarm/sync/waste.ts'

const LIMITS = {
  refusedBurst: 100,
  refusedPerSecond: 10,
  unneededBurst: 1000,
  unneededPerSecond: 50,
  pullsBurst: 2,
  pullsPerSecond: 0.5
}

test('records that nobody can take use up their allowance soon, and those that are known use up another', () => {
  const now = { ms: 0 }
  const waste = createWaste({ limits: LIMITS, nowMs: () => now.ms })
  expect(waste.note('peer', 60, 'invalid')).toBe(true)
  expect(waste.note('peer', 60, 'bad-signature')).toBe(false)
  expect(waste.note('peer', 900, 'stale')).toBe(true)
  expect(waste.note('peer', 200, 'too-many')).toBe(false)
  expect(waste.note('other', 60, 'malformed')).toBe(true)
  now.ms += 2000
  expect(waste.note('peer', 60, 'wrong-signer')).toBe(true)
  expect(waste.note('peer', 200, 'gap')).toBe(true)
})

test('new connections of one peer make an exchange now and then', () => {
  const now = { ms: 0 }
  const waste = createWaste({ limits: LIMITS, nowMs: () => now.ms })
  expect([1, 2, 3].map(() => waste.mayPull('peer'))).toEqual([true, true, false])
  expect(waste.mayPull('other')).toBe(true)
  now.ms += 2000
  expect(waste.mayPull('peer')).toBe(true)
})
