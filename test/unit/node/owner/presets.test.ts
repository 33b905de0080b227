import { expect, test } from 'vitest'
import { ENCODERS, startParams, submittedParams } from '../../../../src/encode/rules/index.ts'
import { listPresets, withPreset } from '../../../../src/node/owner/presets.ts'
import type { Preset } from '../../../../src/api/schemas/index.ts'

const SERIES: Preset = {
  name: 'series',
  about: '',
  own: true,
  params: { svt: '--preset=4 --crf=28' },
  options: { audio: 'opus', minFrames: 48 }
}

const presets = listPresets([SERIES], [])

test('three presets of grav1 for every encoder, then the own ones', () => {
  expect(presets.map(({ name, own }) => [name, own])).toEqual([
    ['archive', false],
    ['balanced', false],
    ['quick', false],
    ['series', true]
  ])
  for (const { params } of presets.slice(0, 3)) expect(Object.keys(params)).toEqual(Object.keys(ENCODERS))
  expect(presets[1]?.params['aom']).toBe(ENCODERS.aom.defaultParams)
})

test('they suit the version that is installed', () => {
  const facts = { version: '3.0.2', options: new Set(ENCODERS.svt.flags.options.keys()) }
  const svt = { name: 'svt', program: 'SvtAv1EncApp', version: '3.0.2', build: 'svt/3.0.2/1f2e3d4c', facts } as const
  const here = listPresets([], [svt])
  expect(here[1]?.params['svt']).not.toBe(presets[1]?.params['svt'])
  for (const { params } of here) expect(() => submittedParams(ENCODERS.svt, params['svt'] ?? '', facts)).not.toThrow()
})

test('the one for films to keep makes 10 bits with SVT-AV1, of every version, and says so', () => {
  const facts = (version: string) => ({ version, options: new Set(ENCODERS.svt.flags.options.keys()) })
  for (const version of ['1.4.1', '2.3.0', '4.2.0']) {
    const { presets: made } = startParams(ENCODERS.svt, facts(version))
    expect(submittedParams(ENCODERS.svt, made.archive, facts(version)).bitDepth, version).toBe(10)
  }
  expect(submittedParams(ENCODERS['svt-av'], startParams(ENCODERS['svt-av']).presets.archive).bitDepth).toBe(10)
  expect(presets[0]?.about).toContain('10 bits')
})

test('a submission without a preset stays as it is', () => {
  const request = { input: '/a.mkv', encoder: 'aom', encoderParams: '--cpu-used=3' }
  expect(withPreset(request, presets)).toEqual(request)
})

test('what a submission says itself wins over its preset, flag by flag and option by option', () => {
  const asked = { input: '/a.mkv', encoder: 'SVT', preset: 'series', encoderParams: '--crf=20', minFrames: 10 }
  const written = withPreset(asked, presets)
  expect(written).toEqual({
    input: '/a.mkv',
    encoder: 'SVT',
    encoderParams: '--preset=4 --crf=28 --crf=20',
    minFrames: 10,
    audio: 'opus'
  })
  expect(submittedParams(ENCODERS.svt, written.encoderParams ?? '').tokens).toEqual(['--preset=4', '--crf=20'])
})

test('a target of quality stands beside a preset', () => {
  const asked = { input: '/a.mkv', encoder: 'aom', preset: 'quick', encoderParams: '--target-quality=ssim=0.98' }
  const { tokens } = submittedParams(ENCODERS.aom, withPreset(asked, presets).encoderParams ?? '')
  expect(tokens).toEqual(expect.arrayContaining(['--cpu-used=6', '--target-quality=ssim=0.98']))
})

test.for([
  [{ preset: 'film' }, 'preset', 'there is no preset "film" on this node, which has archive, balanced, quick, series'],
  [{ preset: 'series' }, 'preset', 'the preset series is not for aom, but for svt'],
  [{ preset: 'quick', encoder: 'x265' }, 'encoder', 'There is no encoder']
] as const)('%j is refused at %s', ([asked, field, words]) => {
  expect(() => withPreset({ input: '/a.mkv', encoder: 'aom', ...asked }, presets)).toThrow(
    expect.objectContaining({ field, message: expect.stringContaining(words) as string })
  )
})
