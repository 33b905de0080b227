import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  clampView,
  sceneAt,
  showing,
  startsOf,
  ticksOf,
  totalOf,
  zoomed
} from '../../../../web/src/film/strip/layout.ts'
import { scenesOf } from '../../../fixtures/web-data.ts'

test('each frame belongs to the scene that it lies in', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(lengths, fc.nat(), (frames, seed) => {
      const starts = startsOf(frames.map((length, scene) => ({ ...scenesOf(1)[0]!, scene, frames: length })))
      const frame = seed % totalOf(starts)
      const scene = sceneAt(starts, frame)
      expect(starts[scene]).toBeLessThanOrEqual(frame)
      expect(starts[scene + 1]).toBeGreaterThan(frame)
    })
  )
})

test('scenes that are not told of yet take no room, and nothing is in an empty film', () => {
  const [first] = scenesOf(1)
  expect([...startsOf([first, undefined, first])]).toEqual([0, 24, 24, 48])
  expect(sceneAt(startsOf([]), 5)).toBe(0)
  expect(ticksOf({ from: 0, span: 0 }, 24, 10)).toEqual([])
})

test('a view stays within the film, and zooming keeps the frame under the pointer', () => {
  const number = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000 }), number, number, number, (total, a, b, c) => {
      const view = clampView({ from: a * total, span: b * total }, total)
      expect(view.from).toBeGreaterThanOrEqual(0)
      expect(view.from + view.span).toBeLessThanOrEqual(total + 1e-6)
      const frame = view.from + c * view.span
      const near = zoomed(view, total, 2, frame)
      const place = (frame - near.from) / near.span
      expect(place).toBeCloseTo(c, 5)
      const far = zoomed(view, total, 1e-6, frame)
      expect(far).toEqual({ from: 0, span: total })
    })
  )
})

test('a scene outside of the view is brought into it, and one inside leaves it alone', () => {
  const view = { from: 1000, span: 500 }
  expect(showing(view, 10_000, 1100, 1200)).toBe(view)
  expect(showing(view, 10_000, 200, 300).from).toBe(200)
  expect(showing(view, 10_000, 1600, 1700)).toEqual({ from: 1200, span: 500 })
  expect(showing(view, 10_000, 2000, 3000).from).toBe(2000)
})

test('times under the strip are round and no more than there is room for', () => {
  const ticks = ticksOf({ from: 0, span: 24 * 600 }, 24, 12)
  expect(ticks.map(({ seconds }) => seconds)).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600])
  expect(ticksOf({ from: 24 * 95, span: 24 * 10 }, 24, 5).map(({ seconds }) => seconds)).toEqual([
    96, 98, 100, 102, 104
  ])
})
