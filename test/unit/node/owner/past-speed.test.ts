import { describe, expect, test } from 'vitest'
import { estimateFrom, measuredScenes } from '../../../../src/node/owner/past-speed.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'

describe('what was measured before', () => {
  const view = viewOf({ scenes: [[50, 1], [20, 1], [30]] })
  const { encoderBuild: build, encoderParams: params, width, height } = view.announce

  test('is of the same build with the same parameters', () => {
    const found = measuredScenes([view], build, params)
    expect(found).toMatchObject([50, 20].map((frames) => ({ pixels: frames * width * height, encodeMs: 1 })))
    expect(found.map(({ bytes }) => bytes)).toEqual(
      view.scenes.slice(0, 2).map(({ accepted }) => accepted?.result.bytes)
    )
    expect(measuredScenes([view], `${build}x`, params)).toEqual([])
    expect(measuredScenes([view], build, `${params} --row-mt=1`)).toEqual([])
  })

  test('is not of scenes with parameters of their own, nor without a time', () => {
    const [first, second] = view.scenes
    if (first?.accepted == null || second?.accepted == null) throw new Error('both are accepted')
    const zoned = { ...first, plan: { ...first.plan, encoderParams: '--cq-level=1' } }
    const timeless = { ...second, accepted: { ...second.accepted, encodeMs: 0 } }
    expect(measuredScenes([{ ...view, scenes: [zoned, timeless] }], build, params)).toEqual([])
  })
})

describe('an estimate', () => {
  test('is nothing without scenes', () => expect(estimateFrom([], 100, 1)).toBeNull())

  test('goes by pixels, and from the quick scenes to the slow ones without the odd', () => {
    const past = Array.from({ length: 100 }, (_, n) => ({
      pixels: 10,
      encodeMs: n === 0 ? 1 : n === 99 ? 1e6 : 1000 + n
    }))
    const { encodeSeconds, slots, scenes } = estimateFrom(past, 20, 4) ?? {}
    expect([slots, scenes]).toEqual([4, 100])
    expect(encodeSeconds?.low).toBeCloseTo(2.01, 1)
    expect(encodeSeconds?.high).toBe(encodeSeconds?.likely)
    const even = estimateFrom(past.slice(1, 99), 20, 4)?.encodeSeconds
    expect(even?.likely).toBeCloseTo(2.1, 2)
    expect(even?.high).toBeCloseTo(2.19, 2)
  })
})
