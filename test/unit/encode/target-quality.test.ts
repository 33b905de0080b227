import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addParams,
  createQualityMeter,
  ENCODERS,
  nextQuantiser,
  ParamsError,
  parseTarget,
  quantiserOf,
  scoreOf,
  submittedParams,
  type Trial,
  trialParams,
  withQuantiser
} from '../../../src/encode/rules/index.ts'

const { aom, vp9 } = ENCODERS
const how = aom.quantiser

/** The quantiser that is taken for a scene whose score falls so with the quantiser, and what was tried. */
function search(score: number, curve: (quantiser: number) => number): { taken: number; tried: number[] } {
  const trials: Trial[] = []
  while (true) {
    const next = nextQuantiser(score, trials, how)
    if (next.type === 'take') return { taken: next.quantiser, tried: trials.map(({ quantiser }) => quantiser) }
    trials.push({ quantiser: next.quantiser, score: curve(next.quantiser) })
  }
}

describe('the search', () => {
  test('reaches the score closely on any straight line, in four trials', () => {
    const at = fc.integer({ min: how.min, max: how.max })
    const slope = fc.double({ min: 0.1, max: 0.6, noNaN: true })
    fc.assert(
      fc.property(at, slope, (wanted, fall) => {
        const curve = (quantiser: number): number => 45 - fall * quantiser
        const { taken, tried } = search(curve(wanted) - 1e-9, curve)
        expect(taken).toBeLessThanOrEqual(wanted)
        expect(curve(taken) - curve(wanted)).toBeLessThanOrEqual(0.25)
        expect(tried.length).toBeLessThanOrEqual(4)
      })
    )
  })

  test('gets close on a curve that is bent, as those of encoders are', () => {
    const bent = (quantiser: number): number => 52 - 0.12 * quantiser - 0.0022 * quantiser ** 2
    for (const wanted of [20, 30, 40, 50, 60]) {
      const { taken } = search(bent(wanted), bent)
      expect(Math.abs(bent(taken) - bent(wanted))).toBeLessThan(0.5)
    }
  })

  test('stays within the range and ends, whatever the trials say', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 80, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (score, scores) => {
          let n = 0
          const { taken, tried } = search(score, () => scores[n++] ?? 0)
          for (const quantiser of [taken, ...tried]) {
            expect(Number.isInteger(quantiser)).toBe(true)
            expect(quantiser).toBeGreaterThanOrEqual(how.min)
            expect(quantiser).toBeLessThanOrEqual(how.max)
          }
          expect(new Set(tried).size).toBe(tried.length)
        }
      )
    )
  })

  test('takes the end of the range where the score is out of reach', () => {
    expect(search(80, (quantiser) => 45 - 0.25 * quantiser).taken).toBe(how.min)
    expect(search(10, (quantiser) => 45 - 0.25 * quantiser).taken).toBe(how.max)
  })

  test('begins where the parameters say', () => {
    const params = aom.parseParams('--end-usage=q --cq-level=45 --target-quality=psnr:40')
    expect(nextQuantiser(40, [], quantiserOf(params, how))).toEqual({ type: 'try', quantiser: 45 })
  })
})

describe('the parameters', () => {
  test('of a target alone are the defaults and the target', () => {
    expect(submittedParams(aom, '--target-quality psnr=42')).toMatchObject({
      tokens: [...aom.parseParams('').tokens, '--target-quality=psnr=42'],
      target: { metric: 'psnr', value: 42 }
    })
    expect(vp9.parseParams('--target-quality=ssim:0.98').target).toEqual({ metric: 'ssim', value: 0.98 })
    expect(aom.parseParams('').target).toBeUndefined()
  })

  test('go to the encoder with the chosen quantiser and without the target', () => {
    const params = aom.parseParams('--cpu-used=3 --cq-level=20 -b 10 --film-grain-test=5 --target-quality=psnr:42')
    expect(params.tokens).toContain('--end-usage=q')
    const chosen = withQuantiser(params, 27, how)
    expect(chosen.tokens).toEqual([
      '--cpu-used=3',
      '--bit-depth=10',
      '--film-grain-test=5',
      '--end-usage=q',
      '--cq-level=27'
    ])
    expect(chosen).toMatchObject({ target: undefined, bitDepth: 10 })
    const trial = trialParams(params, 27, how)
    expect(trial.tokens).toEqual(['--end-usage=q', '--cq-level=27', '--cpu-used=6'])
    expect(trial.bitDepth).toBeUndefined()
  })

  test.for([
    ['--target-quality=vmaf:95', /psnr/],
    ['--target-quality=psnr:9', /10 to 80/],
    ['--target-quality=psnr:1e9', /10 to 80/],
    ['--target-quality=ssim:1', /0.3/],
    ['--target-quality=ssim:0.98;reboot', /ssim/],
    ['--end-usage=vbr --target-quality=psnr:42', /--end-usage=q, not of --end-usage=vbr/]
  ] as const)('%s is refused with what would be right', ([text, said]) => {
    expect(() => aom.parseParams(text)).toThrow(said)
    expect(() => aom.parseParams(text)).toThrow(ParamsError)
  })
})

test('a zone keeps the target, has one of its own, or names its quantiser instead', () => {
  const project = aom.parseParams('--cpu-used=3 --target-quality=psnr:42')
  const zone = (params: string) => addParams({ encoder: aom, params: project }, { params, reset: false })
  expect(zone('--tune=ssim').target).toEqual({ metric: 'psnr', value: 42 })
  const other = zone('--target-quality=psnr:36')
  expect(other.target).toEqual({ metric: 'psnr', value: 36 })
  expect(other.tokens).toContain('--cpu-used=3')
  expect(zone('--cq-level=20')).toMatchObject({ target: undefined })
})

test.for(Object.values(ENCODERS))('$name never sees the target', (encoder) => {
  const params = encoder.parseParams('--target-quality=psnr:42')
  const video = { width: 64, height: 64, pixelFormat: 'yuv420p', bitDepth: 8, fps: { num: 25, den: 1 }, colour: {} }
  const files = { statsFile: 's', grainFile: 'g', outputFile: 'o', nullDevice: '/dev/null' }
  expect(
    encoder
      .buildArgs({ params, facts: { version: '1', options: new Set() }, video, pass: 1, threads: 1, ...files })
      .join(' ')
  ).not.toContain('target')
})

describe('the meter', () => {
  const plane = (value: (index: number) => number, length = 64): Uint8Array =>
    Uint8Array.from({ length }, (_, index) => value(index))
  const init = { width: 8, height: 8, bitDepth: 8 } as const

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
    const meter = createQualityMeter({ ...init, bitDepth: 10, metric: 'psnr' })
    const deep = (value: number): Uint8Array => new Uint8Array(new Uint16Array(64).fill(value).buffer)
    meter.add(deep(1000), deep(1001))
    expect(meter.score()).toBeCloseTo(10 * Math.log10(1023 * 1023), 10)
  })

  test('a target lies on the scale that the meter has', () => {
    expect(scoreOf(parseTarget('psnr:42.5'))).toBe(42.5)
    expect(scoreOf(parseTarget('ssim:0.99'))).toBeCloseTo(20, 10)
  })
})
