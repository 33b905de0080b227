import { expect, test } from 'vitest'
import { lookedAt } from '../../../src/common/looked-at.ts'

test('a look is as old as it may be, and no older', () => {
  let [now, looks] = [5, 0]
  const seen = lookedAt(() => (looks += 1), { everyMs: 10, nowMs: () => now })
  expect([seen(), seen()]).toEqual([1, 1])
  now = 14
  expect(seen()).toBe(1)
  now = 15
  expect([seen(), seen()]).toEqual([2, 2])
})
