import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLong, isMeasured, trialWindow } from '../../../../src/encode/rules/index.ts'

test('a rough trial takes the middle of a long scene, any other all of it', () => {
  expect(trialWindow(240, true)).toEqual({ start: 96, frames: 48 })
  expect(trialWindow(240, false)).toEqual({ start: 0, frames: 240 })
  expect([71, 72].map(isLong)).toEqual([false, true])
  fc.assert(
    fc.property(fc.integer({ min: 72, max: 100_000 }), (frames) => {
      const window = trialWindow(frames, true)
      expect(window.start).toBeGreaterThan(0)
      expect(window.start + window.frames).toBeLessThan(frames)
    })
  )
})

test('one frame in three is measured, over the whole scene and in every layer of a pyramid', () => {
  const measured = (frames: number): number[] =>
    Array.from({ length: frames }, (_, frame) => frame).filter((frame) => isMeasured(frame, { frames, every: 3 }))
  expect(measured(14)).toEqual([2, 5, 8, 11])
  expect(measured(3)).toEqual([0, 1, 2])
  expect(isMeasured(0, { frames: 240, every: 1 })).toBe(true)
  expect(new Set(measured(240).map((frame) => frame % 16)).size).toBe(16)
})
