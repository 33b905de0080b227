import { expect, test } from 'vitest'
import { oddity, roundingDb } from '../../../src/encode/rules/index.ts'

const likeness = (worstLumaDb: number) => ({
  worstFrameDb: worstLumaDb,
  worstLumaDb,
  meanDb: worstLumaDb,
  lumaDb: worstLumaDb,
  shiftGainDb: 0,
  worstBlock: 0
})
const seen = (quantiserMax: number | undefined, worstLumaDb: number, odd?: string) =>
  oddity({
    likeness: likeness(worstLumaDb),
    frames: { quantiserMax, tools: [], breach: undefined, oddity: odd }
  })

test('rounding to a coarser step leaves a lower PSNR', () => {
  const dbs = Array.from({ length: 256 }, (_, quantiser) => roundingDb(quantiser))
  expect(dbs.every((db, n) => n === 0 || db < dbs[n - 1]!)).toBe(true)
  // The steps of AV1 and VP9 for 8 bits: 152 at quantiser 120, 1828 at 255, in eighths.
  expect(roundingDb(120)).toBeCloseTo(20 * Math.log10(255 / (152 / 8)) + 10.79, 0)
  expect(roundingDb(255)).toBeCloseTo(20 * Math.log10(255 / (1828 / 8)) + 10.79, 0)
})

test.each([
  [120, 30.4, false],
  [120, 29.5, true],
  [80, 34.9, true],
  [80, 36, false],
  [20, 10, false],
  [undefined, 10, false]
])('with quantiser %s, a frame of %d dB is odd: %s', (quantiser, db, isOdd) => {
  expect(seen(quantiser, db) !== undefined).toBe(isOdd)
})

test('what the headers say comes first', () => {
  expect(seen(120, 10, 'its frame headers cannot be read: x')).toBe('its frame headers cannot be read: x')
})
