import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addParams,
  ENCODERS,
  isFinal,
  nextQuantiser,
  ParamsError,
  searchOf,
  submittedParams,
  type Trial,
  trialParams,
  withQuantiser
} from '../../../../src/encode/rules/index.ts'

const { aom, vp9 } = ENCODERS
const how = aom.quantiser

const init = { how, probes: 4, isLong: true }

/** The quantiser that is taken for a scene whose score falls so with the quantiser, and what was tried. */
function search(score: number, curve: (quantiser: number) => number, more = {}): { taken: number; trials: Trial[] } {
  const trials: Trial[] = []
  while (true) {
    const next = nextQuantiser(trials, { ...init, score, ...more })
    if (next.type === 'take') return { taken: next.quantiser, trials }
    trials.push({ ...next, score: curve(next.quantiser) + (next.isRough ? -1 : 0) })
  }
}

describe('the search', () => {
  test('comes near on any straight line, in four trials', () => {
    const at = fc.integer({ min: how.min, max: how.max })
    const slope = fc.double({ min: 0.15, max: 0.4, noNaN: true })
    fc.assert(
      fc.property(at, slope, fc.boolean(), (wanted, fall, isLong) => {
        const curve = (quantiser: number): number => 60 - fall * quantiser
        const { taken, trials } = search(curve(wanted), curve, { isLong })
        expect(Math.abs(curve(taken) - curve(wanted))).toBeLessThanOrEqual(0.41)
        expect(trials.length).toBeLessThanOrEqual(4)
      })
    )
  })

  test('gets close on a curve that is bent, as those of encoders are', () => {
    const bent = (quantiser: number): number => 52 - 0.12 * quantiser - 0.0022 * quantiser ** 2
    for (const wanted of [20, 30, 40, 50, 60]) {
      const { taken } = search(bent(wanted), bent)
      expect(Math.abs(bent(taken) - bent(wanted))).toBeLessThan(0.4)
    }
  })

  test('stays within the range and ends, whatever the trials say', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 80, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 10, maxLength: 10 }),
        fc.integer({ min: 2, max: 10 }),
        (score, scores, probes) => {
          let n = 0
          const { taken, trials } = search(score, () => scores[n++] ?? 0, { probes })
          for (const { quantiser } of [{ quantiser: taken }, ...trials]) {
            expect(Number.isInteger(quantiser)).toBe(true)
            expect(quantiser).toBeGreaterThanOrEqual(how.min)
            expect(quantiser).toBeLessThanOrEqual(how.max)
          }
          const whole = trials.filter(({ isRough }) => !isRough)
          expect(new Set(whole.map(({ quantiser }) => quantiser)).size).toBe(whole.length)
          expect(trials.length).toBeLessThanOrEqual(probes)
          expect(whole.map(({ quantiser }) => quantiser)).toContain(taken)
        }
      )
    )
  })

  test('tries the whole scene with what it takes', () => {
    expect(search(39.5, (quantiser) => 48 - 0.25 * quantiser).trials).toEqual([
      { type: 'try', quantiser: 30, isRough: true, score: 39.5 },
      { type: 'try', quantiser: 30, isRough: false, score: 40.5 },
      { type: 'try', quantiser: 34, isRough: false, score: 39.5 }
    ])
    expect(search(40, () => 40, { isLong: false }).trials).toEqual([
      { type: 'try', quantiser: 30, isRough: false, score: 40 }
    ])
  })

  test('learns what a step costs from a second rough trial, where the first is far off', () => {
    expect(search(44, (quantiser) => 48 - 0.2 * quantiser).trials).toEqual([
      { type: 'try', quantiser: 30, isRough: true, score: 41 },
      { type: 'try', quantiser: 18, isRough: true, score: 43.4 },
      { type: 'try', quantiser: 15, isRough: false, score: 45 },
      { type: 'try', quantiser: 20, isRough: false, score: 44 }
    ])
  })

  test('takes the end of the range where the score is out of reach', () => {
    expect(search(80, (quantiser) => 45 - 0.25 * quantiser).taken).toBe(how.min)
    expect(search(10, (quantiser) => 45 - 0.25 * quantiser).taken).toBe(how.max)
  })

  test('begins where the parameters say, within the bounds of the target', () => {
    const of = (text: string) => {
      const params = aom.parseParams(text)
      return nextQuantiser([], { ...searchOf(params, params.target!, how), isLong: true })
    }
    expect(of('--end-usage=q --cq-level=45 --target-quality=psnr:40')).toMatchObject({ quantiser: 45 })
    expect(of('--target-quality=psnr:40')).toMatchObject({ quantiser: 30, isRough: true })
    expect(of('--target-quality=psnr:40,max-q=24')).toMatchObject({ quantiser: 24 })
    expect(of('--target-quality=psnr:40,min-q=33')).toMatchObject({ quantiser: 33 })
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
    expect(vp9.parseParams('--target-quality xpsnr=40,min-q=20,max-q=50,probes=3,over=p5').target).toEqual({
      metric: 'xpsnr',
      value: 40,
      minQ: 20,
      maxQ: 50,
      probes: 3,
      over: { percent: 5 }
    })
    expect(vp9.parseParams('--target-quality XPSNR:40,over=harmonic').target).toMatchObject({ over: 'harmonic' })
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
    const rough = trialParams(params, 27, how, true)
    expect(rough.tokens).toEqual(['--end-usage=q', '--cq-level=27', '--cpu-used=6'])
    expect(rough.bitDepth).toBeUndefined()
    const whole = trialParams(params, 27, how, false)
    expect(whole.tokens).toEqual(['--cpu-used=3', '--bit-depth=10', '--end-usage=q', '--cq-level=27'])
    expect(whole.bitDepth).toBe(10)
    // The trial lacks the grain, so the scene is encoded once more.
    expect(isFinal(params, how)).toBe(false)
    expect(isFinal(aom.parseParams('--cpu-used=3 --target-quality=psnr:42'), how)).toBe(true)
  })

  test.for([
    ['--target-quality=vmaf:95', /psnr/],
    ['--target-quality=psnr:9', /10 to 80/],
    ['--target-quality=psnr:1e9', /10 to 80/],
    ['--target-quality=ssim:1', /0.3/],
    ['--target-quality=ssim:0.98;reboot', /ssim/],
    ['--target-quality=xpsnr=40=41', /10 to 80/],
    ['--target-quality=xpsnr=40,min-q=0', /min-q=<1 to 63>.*not "min-q=0"/],
    ['--target-quality=xpsnr=40,max-q=64', /not "max-q=64"/],
    ['--target-quality=xpsnr=40,min-q=30,max-q=20', /min-q of 30, above its max-q of 20/],
    ['--target-quality=xpsnr=40,probes=11', /not "probes=11"/],
    ['--target-quality=xpsnr=40,probes=1', /probes=<2 to 10>.*not "probes=1"/],
    ['--target-quality=xpsnr=40,over=p51', /not "over=p51"/],
    ['--target-quality=xpsnr=40,over=p5,over=mean', /each once/],
    ['--target-quality=xpsnr=40,toString=1', /not "tostring=1"/],
    ['--target-quality=xpsnr=40,', /not ""/],
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
