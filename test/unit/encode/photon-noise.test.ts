import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { photonNoisePoints, photonNoiseTable } from '../../../src/encode/rules/photon-noise.ts'
import { exp, ln, power } from '../../../src/encode/rules/stable-math.ts'
import { transferCurve } from '../../../src/encode/rules/transfer-curve.ts'

const CURVES = ['bt709', 'gamma22', 'gamma28', 'linear', 'iec61966-2-1', 'smpte2084', 'arib-std-b67']
const FULL_HD = { width: 1920, height: 1080, transfer: 'bt709' }
const strengths = (iso: number, change: object = {}): number[] =>
  photonNoisePoints({ iso, ...FULL_HD, ...change }).map(([, strength]) => strength)

test('the table is whole numbers in the form that libaom reads', () => {
  expect(photonNoiseTable({ iso: 400, ...FULL_HD })).toBe(
    [
      'filmgrn1',
      'E 0 9223372036854775807 1 400 1',
      '\tp 0 6 0 8 0 1 0 0 0 0 0 0',
      '\tsY 14 0 12 20 4 39 3 59 3 78 3 98 3 118 3 137 3 157 4 177 4 196 4 216 4 235 5 255 5',
      '\tsCb 0',
      '\tsCr 0',
      '\tcY',
      '\tcCb 0',
      '\tcCr 0',
      ''
    ].join('\n')
  )
})

test('more sensitivity and smaller pixels give more noise', () => {
  const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0)
  const isos = [100, 400, 1600, 6400].map((iso) => sum(strengths(iso)))
  expect(isos).toEqual(isos.toSorted((a, b) => a - b))
  expect(new Set(isos).size).toBe(4)
  expect(sum(strengths(400, { width: 3840, height: 2160 }))).toBeGreaterThan(sum(strengths(400)))
  // Four times the light on a pixel halves the noise of photons.
  const [fine, coarse] = [strengths(6400), strengths(1600)].map((values) => values[8] ?? 0)
  expect((fine ?? 0) / (coarse ?? 1)).toBeCloseTo(2, 0)
})

test('whatever the picture, points ascend and all is in the range of a byte', () => {
  const side = fc.integer({ min: 1, max: 16_384 })
  const pictures = fc.record({
    iso: fc.integer({ min: 100, max: 6400 }),
    width: side,
    height: side,
    transfer: fc.option(fc.constantFrom(...CURVES, 'log100'), { nil: undefined })
  })
  fc.assert(
    fc.property(pictures, (picture) => {
      const points = photonNoisePoints(picture)
      expect(points).toHaveLength(14)
      for (const [index, [code, strength]] of points.entries()) {
        expect(code).toBeGreaterThan(points[index - 1]?.[0] ?? -1)
        for (const value of [code, strength]) expect(Number.isInteger(value) && value >= 0 && value <= 255).toBe(true)
      }
    })
  )
})

test.for(CURVES)('%s goes there and back', (name) => {
  const { toLight, toSignal, middleGrey } = transferCurve(name)
  for (let signal = 0; signal <= 1; signal += 1 / 64) expect(toSignal(toLight(signal))).toBeCloseTo(signal, 5)
  expect(toLight(1)).toBeCloseTo(1, 6)
  expect(middleGrey).toBeGreaterThan(toLight(0.05))
  expect(middleGrey).toBeLessThan(toLight(0.6))
})

test("names of both programs mean the same; what neither knows is a display's", () => {
  for (const [one, other] of [
    ['gamma22', 'bt470m'],
    ['arib-std-b67', 'hlg'],
    ['iec61966-2-1', 'srgb'],
    ['bt709', undefined],
    ['vlog', 'constructor']
  ])
    expect(strengths(800, { transfer: one })).toEqual(strengths(800, { transfer: other }))
  expect(strengths(800, { transfer: 'smpte2084' })).not.toEqual(strengths(800))
})

test('plain arithmetic is as good as Math', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (x) => {
      expect(ln(x)).toBeCloseTo(Math.log(x), 11)
      expect(exp(-x / 1e5) / Math.exp(-x / 1e5)).toBeCloseTo(1, 12)
      expect(power(x, 0.5) / Math.sqrt(x)).toBeCloseTo(1, 12)
    })
  )
  expect([power(0, 2.4), power(-1, 2.4)]).toEqual([0, 0])
})
