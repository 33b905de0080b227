import { expect, test } from 'vitest'
import { createQualityBudget } from '../../../../src/node/owner/quality-budget.ts'

/** How many of 100 scenes are looked at, where an encode and a look take so long. */
function looks(encodeMs: number, lookMs: number, share = 0.05): number {
  const budget = createQualityBudget(share)
  let count = 0
  for (let scene = 0; scene < 100; scene += 1) {
    if (!budget.mayLook(encodeMs)) continue
    budget.took(lookMs)
    count += 1
  }
  return count
}

test('every scene of a slow encode, some of a fast one, never more than its share', () => {
  expect(looks(60_000, 1000)).toBe(100)
  expect(looks(20_000, 1000)).toBe(100)
  expect(looks(2000, 1000)).toBe(11)
  expect(looks(100, 1000)).toBe(1)
  // Where everybody wants to know.
  expect(looks(0, 1000, Infinity)).toBe(100)
})
