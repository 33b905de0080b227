import { describe, expect, test } from 'vitest'
import { createQualityMeter, parseTarget, scoreOf } from '../../../../src/encode/rules/index.ts'

describe('the meter', () => {
  const plane = (value: (index: number) => number, length = 64): Uint8Array =>
    Uint8Array.from({ length }, (_, index) => value(index))
  const init = { width: 8, height: 8, bitDepth: 8, fps: 25, pixelFormat: 'yuv420p' } as const

  test('gives the PSNR of all samples together', () => {
    const meter = createQualityMeter({ ...init, metric: 'psnr' })
    meter.add(
      plane(() => 100),
      plane(() => 100)
    )
    expect(meter.score()).toBe(100)
    meter.add(
      plane(() => 100),
      plane(() => 102)
    )
    expect(meter.score()).toBeCloseTo(10 * Math.log10((255 * 255) / 2), 10)
  })

  test('gives the SSIM of what is equal, shifted in brightness, and other', () => {
    const score = (other: (index: number) => number): number => {
      const meter = createQualityMeter({ ...init, metric: 'ssim' })
      meter.add(
        plane((index) => index * 4),
        plane(other)
      )
      return meter.score()
    }
    expect(score((index) => index * 4)).toBe(100)
    // Only the term of the means: (2ab + c1) / (a² + b² + c1).
    const [a, b, c1] = [126, 127, 6.5025]
    const ssim = (2 * a * b + c1) / (a * a + b * b + c1)
    expect(score((index) => index * 4 + 1)).toBeCloseTo(scoreOf({ metric: 'ssim', value: ssim }), 6)
    expect(score((index) => 252 - index * 4)).toBeLessThan(1)
  })

  test('reads two bytes a sample above 8 bits', () => {
    const meter = createQualityMeter({ ...init, pixelFormat: 'yuv420p10le', bitDepth: 10, metric: 'psnr' })
    const deep = (value: number): Uint8Array => new Uint8Array(new Uint16Array(64).fill(value).buffer)
    meter.add(deep(1000), deep(1001))
    expect(meter.score()).toBeCloseTo(10 * Math.log10(1023 * 1023), 10)
  })

  test('a target lies on the scale that the meter has', () => {
    expect(scoreOf(parseTarget('psnr:42.5'))).toBe(42.5)
    expect(scoreOf(parseTarget('ssim:0.99'))).toBeCloseTo(20, 10)
  })
})
