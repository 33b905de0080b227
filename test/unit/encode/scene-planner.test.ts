import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createScenePlanner,
  defaultSceneOptions,
  ParamsError,
  type SceneOptions,
  type SceneRange,
  thresholdToScenecut
} from '../../../src/encode/rules/index.ts'

const plan = (
  options: Omit<SceneOptions, 'threshold'>,
  cuts: readonly number[],
  total: number,
  forced: readonly number[] = []
): SceneRange[] => {
  const planner = createScenePlanner({ ...options, threshold: undefined })
  return [...planner.push(cuts, total, forced), ...planner.finish(total)]
}
const starts = (scenes: readonly SceneRange[]): number[] => scenes.map((scene) => scene.start)

test('cuts become scenes, close ones are dropped', () => {
  expect(starts(plan({ minFrames: 24, maxFrames: 240 }, [100, 110, 160, 235], 300))).toEqual([0, 100, 160, 235])
  expect(starts(plan({ minFrames: 24, maxFrames: 240 }, [10], 300))).toEqual([0, 150])
})

test('long runs are split, the rest evenly', () => {
  expect(plan({ minFrames: 24, maxFrames: 240 }, [], 300)).toEqual([
    { start: 0, frames: 150 },
    { start: 150, frames: 150 }
  ])
  expect(plan({ minFrames: 24, maxFrames: 240 }, [], 1000).map((scene) => scene.frames)).toEqual([
    240, 240, 240, 140, 140
  ])
  expect(plan({ minFrames: 24, maxFrames: 240 }, [], 480).map((scene) => scene.frames)).toEqual([240, 240])
})

test('a short last scene joins its predecessor where that stays within the maximum', () => {
  expect(starts(plan({ minFrames: 24, maxFrames: 240 }, [100], 110))).toEqual([0])
  expect(starts(plan({ minFrames: 24, maxFrames: 100 }, [100], 110))).toEqual([0, 100])
  expect(starts(plan({ minFrames: 24, maxFrames: 240 }, [], 5))).toEqual([0])
  expect(plan({ minFrames: 24, maxFrames: 240 }, [], 0)).toEqual([])
})

test('forced cuts start scenes however short the one before is, and the longest scene stays the longest', () => {
  const limits = { minFrames: 24, maxFrames: 240 }
  expect(starts(plan(limits, [], 300, [3, 5]))).toEqual([0, 3, 5, 153])
  expect(starts(plan(limits, [100], 200, [100]))).toEqual([0, 100])
  // 110 is too close to the forced cut, 90 would leave a short scene before it, which joins its predecessor.
  expect(starts(plan(limits, [90, 110, 160], 200, [100]))).toEqual([0, 100, 160])
  expect(plan(limits, [], 600, [600 - 1]).at(-1)).toEqual({ start: 599, frames: 1 })
  expect(starts(plan(limits, [], 20, [0]))).toEqual([0])
})

test('scenes come as soon as they are certain', () => {
  const planner = createScenePlanner({ minFrames: 24, maxFrames: 240, threshold: undefined })
  expect(planner.push([100], 101)).toEqual([])
  expect(planner.push([], 124)).toEqual([{ start: 0, frames: 100 }])
  expect(planner.push([], 579)).toEqual([])
  expect(planner.push([], 604)).toEqual([{ start: 100, frames: 240 }])
})

const inputs = fc
  .record({
    minFrames: fc.integer({ min: 1, max: 60 }),
    extra: fc.integer({ min: 0, max: 120 }),
    total: fc.integer({ min: 0, max: 1500 }),
    cuts: fc.uniqueArray(fc.integer({ min: 0, max: 1499 }), { maxLength: 60 }),
    forced: fc.array(fc.integer({ min: 0, max: 1499 }), { maxLength: 8 }),
    feeds: fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 30 })
  })
  .map(({ cuts, forced, feeds, total, minFrames, extra }) => ({
    total,
    options: { minFrames, maxFrames: minFrames + extra },
    cuts: cuts.filter((cut) => cut < total).toSorted((a, b) => a - b),
    forced: forced.filter((cut) => cut < total).toSorted((a, b) => a - b),
    feeds: feeds.filter((known) => known <= total).toSorted((a, b) => a - b)
  }))

test('scenes tile the frames, within the limits, however the input is chunked', () => {
  fc.assert(
    fc.property(inputs, ({ options, cuts, forced, feeds, total }) => {
      const whole = plan(options, cuts, total, forced)
      const edges = new Set([...forced, total])
      let next = 0
      for (const scene of whole) {
        expect(scene.start).toBe(next)
        next += scene.frames
        expect(scene.frames).toBeGreaterThan(0)
        expect(scene.frames).toBeLessThanOrEqual(options.maxFrames)
        // Halves of a run that is too long for one scene and too short for two are the exception.
        // So is what a forced cut or the end leaves.
        if (!edges.has(next) && options.maxFrames >= 2 * options.minFrames - 1)
          expect(scene.frames).toBeGreaterThanOrEqual(options.minFrames)
      }
      expect(next).toBe(total)
      expect(starts(whole)).toEqual(expect.arrayContaining(total === 0 ? [] : forced))
      const planner = createScenePlanner({ ...options, threshold: undefined })
      const chunked: SceneRange[] = []
      let before = 0
      for (const known of [...feeds, total]) {
        const isNew = (cut: number): boolean => cut >= before && cut < known
        chunked.push(...planner.push(cuts.filter(isNew), known, forced.filter(isNew)))
        before = known
      }
      expect([...chunked, ...planner.finish(total)]).toEqual(whole)
    }),
    { numRuns: 500 }
  )
})

test('options', () => {
  expect(defaultSceneOptions({ num: 24000, den: 1001 })).toEqual({
    minFrames: 24,
    maxFrames: 240,
    threshold: undefined
  })
  expect(defaultSceneOptions({ num: 1, den: 1 })).toMatchObject({ maxFrames: 24 })
  for (const [minFrames, maxFrames] of [
    [10, 9],
    [0, 9],
    [1.5, 9],
    [1, Number.NaN]
  ] as const) {
    expect(() => createScenePlanner({ minFrames, maxFrames, threshold: undefined })).toThrow(ParamsError)
  }
  expect([undefined, 0, 30, 60, 255].map(thresholdToScenecut)).toEqual([40, 80, 40, 20, 0])
})
