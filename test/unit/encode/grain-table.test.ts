import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  grainFileText,
  type GrainTable,
  grainValue,
  parseGrainValue,
  readGrainTable
} from '../../../src/encode/rules/grain-table.ts'
import { ENCODERS } from '../../../src/encode/rules/index.ts'
import { photonNoiseTable } from '../../../src/encode/rules/photon-noise.ts'

const TABLE = photonNoiseTable({ iso: 400, width: 1920, height: 1080, transfer: 'bt709' })
const VALUE = grainValue(readGrainTable(TABLE))

const ascending = (most: number) =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: most,
      selector: ([at]) => at
    })
    .map((points) => points.toSorted(([a], [b]) => a - b).flat())

const tables: fc.Arbitrary<GrainTable> = fc.integer({ min: 0, max: 3 }).chain((lag) => {
  const luma = 2 * lag * (lag + 1)
  const coefficients = (count: number) =>
    fc.array(fc.integer({ min: -128, max: 127 }), { minLength: count, maxLength: count })
  const model = [6, 0, 8, 0, 1, 128, 192, 256, 128, 192, 256]
  return fc.record({
    seed: fc.integer({ min: 0, max: 65_535 }),
    model: fc.constant([lag, ...model]),
    points: fc.oneof(
      fc.tuple(ascending(14), fc.constant([]), fc.constant([])),
      fc.tuple(
        ascending(14),
        ascending(10).filter((points) => points.length > 0),
        ascending(10).filter((points) => points.length > 0)
      )
    ),
    coefficients: fc.tuple(coefficients(luma), coefficients(luma + 1), coefficients(luma + 1))
  })
})

test('a table goes through a parameter and a file unchanged', () => {
  expect(grainFileText(readGrainTable(TABLE))).toBe(TABLE)
  fc.assert(
    fc.property(tables, (table) => {
      expect(readGrainTable(grainFileText(table))).toEqual(table)
      expect(parseGrainValue(grainValue(table))).toEqual(table)
      expect(grainValue(table).length).toBeLessThanOrEqual(1024)
    })
  )
})

test('what AV1 does not allow is refused, in a file and in a parameter', () => {
  const refusals: readonly (readonly [from: string, to: string, words: string])[] = [
    ['filmgrn1', 'filmgrn2', 'does not begin with filmgrn1'],
    ['E 0', 'E 0 5 1 1 1\nE 0', 'has 2 entries where there is one'],
    [' 1 400 1', ' 0 400 1', 'applies no grain'],
    [' 1 400 1', ' 1 400 0', 'has no model'],
    ['400', '70000', 'has a seed'],
    ['400', '4e2', 'for a number'],
    ['p 0 6', 'p 4 6', 'ar_coeff_lag'],
    ['p 0 6', 'p 1 6', 'coefficients in cY'],
    ['p 0 6', 'p 6', 'numbers in p'],
    ['sY 14 0 12', 'sY 13 0 12', 'as many points'],
    ['0 12 20', '0 256 20', 'outside 0 to 255'],
    ['0 12 20', '30 12 20', 'do not ascend'],
    ['sCb 0', 'sCb 1 10 10', 'Cb and Cr only'],
    ['cCb 0', 'cCb 200', 'coefficient outside'],
    ['cCr 0', 'cCr', 'coefficients in cCr'],
    ['cCr 0', 'cCr 0\n/etc/passwd', 'begins with "/etc/passwd"'],
    ['cCr 0', 'cCr 0\np 0', 'needs one line p']
  ]
  for (const [from, to, words] of refusals) expect(() => readGrainTable(TABLE.replace(from, to))).toThrow(words)
  expect(() => readGrainTable('x'.repeat(70_000))).toThrow('too long')
  for (const value of [
    '',
    '/etc/passwd',
    '1/2',
    `${VALUE}/1`,
    VALUE.replace('400', '65536'),
    VALUE.replace('12', '1200')
  ])
    expect(() => parseGrainValue(value), value).toThrow('The grain table')
})

test('encoders take a table as a parameter and read it from the file that grav1 writes', () => {
  const video = {
    width: 64,
    height: 64,
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    fps: { num: 25, den: 1 },
    colour: {}
  }
  const files = { statsFile: 'stats', grainFile: 'grain.tbl', outputFile: 'out', nullDevice: 'null' }
  const newer = { version: '2.3.0', options: new Set(['preset', 'crf', 'fgs-table']) }
  for (const [name, rest, option] of [
    ['aom', '--cq-level=30', ['--film-grain-table=grain.tbl']],
    ['svt', '--crf=30', ['--fgs-table', 'grain.tbl']]
  ] as const) {
    const encoder = ENCODERS[name]
    const facts = name === 'svt' ? newer : { version: '3.6.0', options: new Set<string>() }
    const params = encoder.parseParams(`${rest} --grain-table=${VALUE}`, facts)
    expect(encoder.grainTable?.(params, video)).toBe(TABLE)
    const args = encoder.buildArgs({ params, facts, video, pass: 1, threads: 1, ...files })
    expect(args).toEqual(expect.arrayContaining([...option]))
    expect(args.join(' ')).not.toContain(VALUE)
    expect(() => encoder.parseParams(`${rest} --grain-table=${VALUE} --photon-noise=400`)).toThrow('both describe')
    expect(() => encoder.parseParams(`${rest} --grain-table=/etc/passwd`)).toThrow('The grain table')
  }
  const { svt } = ENCODERS
  expect(() => svt.parseParams('--photon-noise=400 --film-grain=8')).toThrow('both describe')
  const older = { version: '1.4.1', options: new Set(['preset', 'crf']) }
  expect(() => svt.parseParams('--photon-noise=400', older)).toThrow(
    '--photon-noise needs SVT-AV1 2.0 or later; this node has 1.4.1.'
  )
  expect(() => ENCODERS['svt-av'].parseParams('--photon-noise=400')).toThrow('--photon-noise')
})
