import { expect, test } from 'vitest'
import { fewerSlotsText } from '../../../../src/api/manners/index.ts'

const nowMs = new Date(2026, 0, 1, 14, 10).getTime()
const retryAtMs = new Date(2026, 0, 1, 15, 10).getTime()

test('it says how many are missing, why, and what brings them back', () => {
  expect(fewerSlotsText({ wanted: 8, slots: 7, ranAt: 8, retryAtMs }, nowMs)).toBe(
    'one slot fewer: the encoder ran out of memory at 8 slots; the node tries one more at 15:10, or at once with "grav1 workers 8"'
  )
  expect(fewerSlotsText({ wanted: 8, slots: 3, ranAt: 4, retryAtMs }, nowMs)).toMatch(
    /^5 slots fewer: the encoder ran out of memory at 4 slots; /
  )
})
