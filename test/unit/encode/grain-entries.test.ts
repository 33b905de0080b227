import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ENCODERS, filmGrain, frameAt, parseZones, readGrainEntries } from '../../../src/encode/rules/index.ts'
import { grainValue, readGrainTable } from '../../../src/encode/rules/grain-table.ts'
import { photonNoiseTable } from '../../../src/encode/rules/photon-noise.ts'

const SECOND = 10_000_000
const FOREVER = '9223372036854775807'

/** The lines of an entry. */
const entry = (from: number | string, to: number | string, iso = 400): string => {
  const table = photonNoiseTable({ iso, width: 64, height: 64, transfer: 'bt709' })
  return table.replace('filmgrn1\n', '').replace(`E 0 ${FOREVER}`, `E ${from} ${to}`)
}
const tableOf = (...entries: readonly string[]): string => `filmgrn1\n${entries.join('')}`
const valueOf = (iso: number): string =>
  grainValue(readGrainTable(photonNoiseTable({ iso, width: 64, height: 64, transfer: 'bt709' })))

test('one entry is for the whole film, whatever its times', () => {
  for (const [from, to] of [
    [0, FOREVER],
    [5 * SECOND, 6 * SECOND]
  ] as const)
    expect(filmGrain(readGrainEntries(tableOf(entry(from, to))))).toEqual({ value: valueOf(400), zones: [] })
})

test('of several entries each is a zone, and the rest of the film has no grain', () => {
  const text = tableOf(entry(0, SECOND), entry(3 * SECOND, 3661.5 * SECOND, 800), entry(3700 * SECOND, FOREVER, 1600))
  const { value, zones } = filmGrain(readGrainEntries(text.replaceAll('\n', '\r\n')))
  expect(zones).toEqual([
    { start: '0:0:0.000', end: '0:0:1.000', params: `--grain-table=${valueOf(400)}` },
    { start: '0:0:3.000', end: '1:1:1.500', params: `--grain-table=${valueOf(800)}` },
    { start: '1:1:40.000', end: '-1', params: `--grain-table=${valueOf(1600)}` }
  ])
  const svt = { version: '2.3.0', options: new Set(['preset', 'crf', 'fgs-table']) }
  for (const [encoder, facts] of [
    [ENCODERS.aom, undefined],
    [ENCODERS.svt, svt]
  ] as const) {
    const params = encoder.parseParams(`${encoder.defaultParams} --grain-table=${value}`, facts)
    const parsed = parseZones(zones, { encoder, params, facts })
    expect(parsed.map(({ params: text }) => text.split('--grain-table=')[1]?.split(' ')[0])).toEqual(
      [400, 800, 1600].map(valueOf)
    )
    const without = encoder.parseParams(encoder.defaultParams, facts)
    expect(() => parseZones(zones, { encoder, params: without, facts })).toThrow('must be the same for all scenes')
    expect(() => parseZones([{ ...zones[0]!, params: '--photon-noise=400' }], { encoder, params, facts })).toThrow()
  }
})

test('an entry begins at the frame whose time it names, at every frame rate', () => {
  const fps = fc.constantFrom([24_000, 1001], [24, 1], [25, 1], [30_000, 1001], [50, 1], [60_000, 1001], [120, 1])
  fc.assert(
    fc.property(fps, fc.integer({ min: 1, max: 20_000 }), ([num = 1, den = 1], frame) => {
      const ticks = Math.floor((frame * den * SECOND) / num)
      const { zones } = filmGrain(readGrainEntries(tableOf(entry(0, ticks), entry(ticks, FOREVER, 800))))
      const { aom } = ENCODERS
      const params = aom.parseParams(`--cq-level=30 --grain-table=${valueOf(100)}`)
      const [, second] = parseZones(zones, { encoder: aom, params, facts: undefined })
      const timesMs = Array.from({ length: 6 }, (_, at) => ((frame - 3 + at) * den * 1000) / num)
      expect(frameAt(second!.start, timesMs)).toBe(3)
    })
  )
})

test('entries that cannot be are refused with a sentence', () => {
  for (const [text, words] of [
    ['', 'does not begin'],
    ['filmgrn1\n', 'does not begin'],
    [`x\n${tableOf(entry(0, FOREVER))}`, 'does not begin'],
    [tableOf(entry(0, 2 * SECOND), entry(SECOND, FOREVER)), 'overlap'],
    [tableOf(entry(0, FOREVER), entry(SECOND, FOREVER)), 'overlap'],
    [tableOf(entry(5 * SECOND, 6 * SECOND), entry(0, SECOND)), 'not in order'],
    [tableOf(entry(0, SECOND), entry(SECOND, SECOND)), 'ends before it begins'],
    [tableOf(entry(0, SECOND), entry(SECOND, SECOND + 9)), 'shorter than a millisecond'],
    [tableOf(entry('-1', SECOND)), 'two times'],
    [tableOf(entry(0, SECOND), entry('1e9', FOREVER)), 'two times'],
    [tableOf(entry(0, SECOND), entry(SECOND, FOREVER).replace('p 0 6', 'p 9 6')), 'ar_coeff_lag'],
    [tableOf(...Array.from({ length: 101 }, (_, at) => entry(at * SECOND, (at + 1) * SECOND))), 'has 101 entries'],
    ['x'.repeat(300_000), 'too long']
  ] as const)
    expect(() => readGrainEntries(text), text.slice(0, 80)).toThrow(words)
})
