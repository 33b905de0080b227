import { expect, test } from 'vitest'
import { MEASURE_INFO, placeOn, scaleOf } from '../../../../web/src/film/measures.ts'
import { scenesOf } from '../../../fixtures/web-data.ts'

const [done] = scenesOf(1)
const sceneOf = (init: object) => ({ ...done!, state: 5, frames: 100, bytes: 0, encodeMs: 0, psnr: null, ...init })

test('what a scene is measured by', () => {
  const scene = sceneOf({ bytes: 50_000, encodeMs: 20_000, psnr: 41.5, attempts: 2 })
  expect(MEASURE_INFO.bitrate.of(scene, 25)).toBe(100)
  expect(MEASURE_INFO.speed.of(scene, 25)).toBe(0.2)
  expect(MEASURE_INFO.psnr.of(scene, 25)).toBe(41.5)
  expect(MEASURE_INFO.attempts.of(scene, 25)).toBe(2)
})

test('a scene that is not done has no rate and no speed', () => {
  const scene = sceneOf({ state: 3, bytes: 50_000, encodeMs: 20_000 })
  expect(MEASURE_INFO.bitrate.of(scene, 25)).toBeUndefined()
  expect(MEASURE_INFO.speed.of(scene, 25)).toBeUndefined()
})

test('the scale is that of nearly all scenes, so that an odd one does not flatten the others', () => {
  const scenes = Array.from({ length: 1000 }, (_, index) => sceneOf({ psnr: 30 + index / 100 }))
  const odd = [...scenes, sceneOf({ psnr: 99 })]
  const scale = scaleOf(odd, 'psnr', 25)!
  expect(scale).toMatchObject({ low: 30, count: 1001 })
  expect(scale.high).toBeLessThan(41)
  expect(scale.above).toBeGreaterThan(0)
  expect(placeOn(scale, 99)).toBe(1)
  expect(placeOn(scale, 30)).toBe(0)
  expect(placeOn(scale, scale.median)).toBeCloseTo(0.5, 1)
})

test('what is compared by height begins at 0', () => {
  expect(scaleOf([sceneOf({ bytes: 500 }), sceneOf({ bytes: 1000 })], 'bitrate', 25)).toMatchObject({ low: 0, high: 2 })
})

test('there is no scale without values, and one for a single value', () => {
  expect(scaleOf([undefined, sceneOf({})], 'psnr', 25)).toBeUndefined()
  expect(scaleOf([sceneOf({ psnr: 40 })], 'psnr', 25)).toMatchObject({ low: 40, high: 41, count: 1, above: 0 })
})
