import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf, syncOf, timeOf } from '../../../../web/src/film/preview/frames.ts'

const fps = fc.constantFrom(24_000 / 1001, 24, 25, 30_000 / 1001, 50, 60_000 / 1001, 120)

test('seeking to a frame shows that frame, whatever the container rounds', () => {
  fc.assert(
    fc.property(fps, fc.nat(5000), (rate, frame) => {
      expect(frameOf(timeOf(frame, rate), rate, 10_000)).toBe(frame)
      // The frame that is shown at a time is the last whose own time, in whole milliseconds, is not after it.
      const begins = (one: number): number => Math.round((one / rate) * 1000) / 1000
      expect(begins(frame)).toBeLessThanOrEqual(timeOf(frame, rate))
      expect(begins(frame + 1)).toBeGreaterThan(timeOf(frame, rate))
      expect(frameOf(begins(frame), rate, 10_000)).toBe(frame)
    })
  )
})

test('no frame is before the first or after the last', () => {
  expect(frameOf(-1, 25, 10)).toBe(0)
  expect(frameOf(99, 25, 10)).toBe(9)
  expect(frameOf(1, 25, 0)).toBe(0)
})

test('a video that stands is moved when it is a frame off, and one that plays is sped up a little', () => {
  expect(syncOf(0.001, false, 25)).toEqual({ type: 'rate', factor: 1 })
  expect(syncOf(0.04, false, 25)).toEqual({ type: 'seek' })
  expect(syncOf(-0.04, false, 25)).toEqual({ type: 'seek' })
  expect(syncOf(0.04, true, 25)).toMatchObject({ type: 'rate', factor: expect.closeTo(1.08) as number })
  expect(syncOf(-0.2, true, 25)).toEqual({ type: 'rate', factor: 0.8 })
  expect(syncOf(0.5, true, 25)).toEqual({ type: 'seek' })
})
