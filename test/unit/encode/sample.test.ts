import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSample, ParamsError, pickSample, type SceneRange } from '../../../src/encode/rules/index.ts'

const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 80 })

function tiled(frames: readonly number[], first = 0): SceneRange[] {
  let start = first
  return frames.map((length) => ({ start: (start += length) - length, frames: length }))
}

describe('a sample', () => {
  test('has so many scenes as were asked for, or all, in order and each once', () => {
    fc.assert(
      fc.property(lengths, fc.nat(1000), fc.integer({ min: 1, max: 100 }), (frames, first, count) => {
        const scenes = tiled(frames, first)
        const picked = pickSample(scenes, count)
        expect(picked).toHaveLength(Math.min(count, scenes.length))
        expect(picked.map((scene) => scenes.indexOf(scene))).toEqual(
          [...new Set(picked.map((scene) => scenes.indexOf(scene)))].toSorted((a, b) => a - b)
        )
      })
    )
  })

  test('is spread over the frames, not over the scenes', () => {
    // Half of the film in one scene, the rest in forty.
    const scenes = tiled([1000, ...Array.from({ length: 40 }, () => 25)])
    const starts = pickSample(scenes, 4).map(({ start }) => start)
    expect(starts[0]).toBe(0)
    expect(starts.slice(1).every((start) => start >= 1000)).toBe(true)
    const even = tiled(Array.from({ length: 100 }, () => 10))
    expect(pickSample(even, 5).map(({ start }) => start)).toEqual([100, 300, 500, 700, 900])
  })

  test.for([0, -1, 1.5, 1001, Number.NaN])('of %s scenes is refused', (count) => {
    expect(() => checkSample(count)).toThrow(ParamsError)
  })
})
