import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepBudget } from '../../../../src/node/manners/cpu-cap.ts'

/** Programs that take all they can get, for ten minutes in looks of odd lengths. @returns the share that they took */
function shareOf(share: number, cores: number, busy: number, looks: readonly number[]): number {
  let budget = { creditMs: 0 }
  let used = 0
  let all = 0
  for (let at = 0; all < 600_000; at += 1) {
    const elapsedMs = looks[at % looks.length] ?? 100
    const usedMs = budget.creditMs > 0 ? elapsedMs * Math.min(busy, cores) : 0
    budget = stepBudget(budget, { elapsedMs, usedMs, share, cores })
    used += usedMs
    all += elapsedMs
  }
  return used / (all * cores)
}

test('programs that take all they can get have their share, within a hundredth', () => {
  const cores = fc.integer({ min: 1, max: 64 })
  const looks = fc.array(fc.integer({ min: 50, max: 400 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 100 }), cores, looks, (percent, count, ms) => {
      expect(Math.abs(shareOf(percent / 100, count, count, ms) - percent / 100)).toBeLessThan(0.01)
    })
  )
})

test('programs that want less than their share never stand still', () => {
  expect(shareOf(0.5, 8, 3, [100])).toBeCloseTo(3 / 8, 2)
})

test('a rest is not saved up', () => {
  const { creditMs } = stepBudget({ creditMs: 0 }, { elapsedMs: 3_600_000, usedMs: 0, share: 0.5, cores: 4 })
  expect(creditMs).toBe(1000)
})
