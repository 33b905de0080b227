import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { readPresets } from '../../../../src/node/config/presets.ts'

const read = (text: string) => readPresets({ path: '/etc/grav1.toml', values: parse(text) })

describe('own presets', () => {
  test('have a text for each encoder, under its own name, and options by the names of the flags', () => {
    const text = `
      [presets.series]
      about = "What the evening news is kept as."
      audio = "opus"
      min-frames = 48
      [presets.series.params]
      svt = "--preset 4 --crf 28"
      libaom-av1 = "--cpu-used=4"
      [presets.grain-2.params]
      aom = "--photon-noise=400"`
    expect(read(text)).toEqual([
      {
        name: 'series',
        about: 'What the evening news is kept as.',
        own: true,
        params: { svt: '--preset 4 --crf 28', aom: '--cpu-used=4' },
        options: { audio: 'opus', minFrames: 48 }
      },
      { name: 'grain-2', about: '', own: true, params: { aom: '--photon-noise=400' }, options: {} }
    ])
  })

  test('no file and no table: none', () => {
    expect(readPresets(undefined)).toEqual([])
    expect(read('workers = 2')).toEqual([])
  })

  test.for([
    ['presets = 3', 'is not a table'],
    ['[presets.a]\naudio = "opus"', 'is not allowed: params'],
    ['[presets.a.params]', 'params names no encoder'],
    ['[presets.a.params]\nx265 = ""', 'There is no encoder "x265"'],
    ['[presets.a.params]\naom = "--made-up=1"', '--made-up'],
    ['[presets.a]\noutput = "b.mkv"\n[presets.a.params]\naom = ""', 'unknown key "output"; a preset may have about,'],
    ['[presets.a]\nbuilds = "some"\n[presets.a.params]\naom = ""', 'is not allowed: builds'],
    ['[presets.quick.params]\naom = ""', 'the name of a built-in preset'],
    ['[presets."a b".params]\naom = ""', 'a name that is not allowed']
  ])('%j is refused with the preset and the file', ([text = '', words = '']) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining(words) as string })
    )
    expect(() => read(text)).toThrow('/etc/grav1.toml')
  })
})
