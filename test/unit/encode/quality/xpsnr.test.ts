import { describe, expect, test } from 'vitest'
import { createQualityMeter, pixelLayout } from '../../../../src/encode/rules/index.ts'
import { planesOf } from '../../../../src/encode/rules/quality/planes.ts'
import { createXpsnr, planesXpsnr } from '../../../../src/encode/rules/quality/xpsnr.ts'
import { patternFrame } from './patterns.ts'

/** What the filter `xpsnr` of FFmpeg 9 says of the same frames: dB of luma and both planes of chroma. */
const REFERENCES = [
  ['yuv420p', 336, 250, 25, 4, [41.048, 41.074, 41.049]],
  ['yuv420p', 962, 540, 24, 3, [42.4212, 42.4212, 42.4295]],
  ['yuv422p10le', 200, 112, 60, 4, [39.8475, 39.825, 39.8067]],
  ['yuv444p12le', 66, 50, 30, 3, [36.1747, 36.2142, 36.2806]],
  ['yuv420p', 36, 30, 25, 2, [40.5262, 40.7832, 40.9591]],
  ['yuv420p', 2304, 1026, 25, 2, [44.6176, 44.6265, 44.626]],
  ['yuv420p10le', 2304, 1026, 50, 3, [45.7651, 45.7745, 45.7725]]
] as const

test.for(REFERENCES)('XPSNR of %s %ix%i at %i frames per second is that of FFmpeg', (reference) => {
  const [pixelFormat, width, height, fps, frames, expected] = reference
  const { bitDepth } = pixelLayout(pixelFormat)!
  const format = { width, height, pixelFormat }
  const xpsnr = createXpsnr({ ...format, bitDepth, fps })
  const meter = createQualityMeter({ ...format, bitDepth, fps, metric: 'xpsnr' })
  const errors = Array.from({ length: frames }, (_, number) => {
    const { source, encoded } = patternFrame(format, number)
    meter.add(source, encoded)
    return xpsnr.compare(planesOf(source, format), planesOf(encoded, format))
  })
  planesXpsnr(errors, bitDepth).forEach((db, plane) => expect(db).toBeCloseTo(expected[plane]!, 3))
  const [y, u, v] = expected
  expect(meter.score()).toBeCloseTo((6 * y + u + v) / 8, 3)
})

describe('a meter of XPSNR', () => {
  const format = { width: 96, height: 64, pixelFormat: 'yuv420p', bitDepth: 8, fps: 25 }
  const frames = Array.from({ length: 6 }, (_, number) => patternFrame(format, number))
  const scoreOf = (over: 'mean' | 'harmonic' | { percent: number }, skipped = 0): number => {
    const meter = createQualityMeter({ ...format, metric: 'xpsnr', over })
    frames.forEach(({ source, encoded }, number) =>
      number < skipped ? meter.skip(source) : meter.add(source, encoded)
    )
    return meter.score()
  }

  test('says of equal frames that they are equal, and of none nothing', () => {
    const meter = createQualityMeter({ ...format, metric: 'xpsnr' })
    expect(meter.score()).toBe(0)
    const { source } = frames[0]!
    meter.add(source, source)
    expect(meter.score()).toBe(100)
  })

  test('weighs a frame by those before it, measured or not', () => {
    const alone = createQualityMeter({ ...format, metric: 'xpsnr' })
    alone.add(frames[5]!.source, frames[5]!.encoded)
    expect(scoreOf('mean', 5)).not.toBeCloseTo(alone.score(), 1)
    const all = createQualityMeter({ ...format, metric: 'xpsnr', over: { percent: 1 } })
    frames.forEach(({ source, encoded }) => all.add(source, encoded))
    expect(all.score()).toBeLessThanOrEqual(scoreOf('mean', 5))
  })

  test('gives the statistic that is asked for', () => {
    const [low, middle, mean] = [scoreOf({ percent: 1 }), scoreOf({ percent: 50 }), scoreOf('mean')]
    expect(low).toBeLessThan(middle)
    expect(low).toBeLessThan(mean)
    const harmonic = scoreOf('harmonic')
    expect(harmonic).toBeGreaterThan(low)
    expect(Math.abs(harmonic - mean)).toBeLessThan(1)
  })
})
