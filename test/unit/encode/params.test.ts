import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type EncoderModule,
  ENCODERS,
  findEncoder,
  outputBitDepth,
  ParamsError,
  workOf,
  rulesFor
} from '../../../src/encode/rules/index.ts'

const codeOf = (call: () => unknown): string => {
  try {
    call()
    return 'accepted'
  } catch (error) {
    if (error instanceof ParamsError) return error.code
    throw error
  }
}
const { aom, vp9, svt } = ENCODERS
const everyEncoder = Object.values(ENCODERS)

test.for([
  [
    '-b 10 --cpu-used=3 --end-usage=q --cq-level=20',
    ['--bit-depth=10', '--cpu-used=3', '--end-usage=q', '--cq-level=20'],
    10
  ],
  ['-b 10 --cpu-used=3', ['--bit-depth=10', '--cpu-used=3'], 10],
  ['--bit-depth 8 --cpu-used 3', ['--bit-depth=8', '--cpu-used=3'], 8],
  ['--cpu-used=3 --cpu-used=5 "--cq-level=20"', ['--cpu-used=5', '--cq-level=20'], undefined],
  [
    '--end-usage=q --cq-level=20 --cpu-used=3 -b 10 --tile-columns=1 --enable-keyframe-filtering=0 --lag-in-frames=35',
    [
      '--end-usage=q',
      '--cq-level=20',
      '--cpu-used=3',
      '--bit-depth=10',
      '--tile-columns=1',
      '--enable-keyframe-filtering=0',
      '--lag-in-frames=35'
    ],
    10
  ]
] as const)('aom takes %s', ([text, tokens, bitDepth]) => {
  expect(aom.parseParams(text)).toEqual({ encoder: 'aom', text, tokens, bitDepth, notes: [] })
})

test('vp9 takes the documented line and derives the profile', () => {
  const text = '--end-usage=q --cq-level=20 --cpu-used=0 -b 10 --profile=2 --tile-columns=1 --lag-in-frames=25'
  expect(vp9.parseParams(text).tokens).toEqual([
    '--end-usage=q',
    '--cq-level=20',
    '--cpu-used=0',
    '--bit-depth=10',
    '--tile-columns=1',
    '--lag-in-frames=25'
  ])
  expect(vp9.parseParams('--profile=0').bitDepth).toBe(8)
  expect(codeOf(() => vp9.parseParams('--profile=2'))).toBe('bad-value')
  expect(codeOf(() => vp9.parseParams('--profile=0 -b 10'))).toBe('bad-value')
})

test.for([aom, vp9, svt, ENCODERS['svt-av'], ENCODERS['vp9-av']])(
  '$name: nothing and -1 mean the default, which parses to itself',
  (encoder) => {
    const normal = encoder.parseParams(encoder.defaultParams)
    for (const text of ['', '  ', '-1']) expect(encoder.parseParams(text)).toEqual(normal)
    expect(normal.tokens.join(' ')).toBe(encoder.defaultParams)
  }
)

describe.for([aom, vp9])('$name refuses', (encoder) => {
  test.for([
    ['--limit=3', 'core-flag'],
    ['--passes=1', 'core-flag'],
    ['-p 1', 'core-flag'],
    ['--rt', 'core-flag'],
    ['--usage=1', 'core-flag'],
    ['--resize-mode=1', 'core-flag'],
    ['--codec=vp8', 'core-flag'],
    ['-o x', 'file-flag'],
    ['--output=x', 'file-flag'],
    ['-o=x', 'file-flag'],
    ['--fpf=x', 'file-flag'],
    ['-c cfg', 'file-flag'],
    ['--film-grain-table=/etc/passwd', 'file-flag'],
    ['-spf x', 'file-flag'],
    ['input.y4m', 'bad-syntax'],
    ['--', 'bad-syntax'],
    ['--cpu-used=3 ;rm -rf /', 'bad-syntax'],
    ['--cpu-used=3;rm', 'bad-value'],
    ['--cpu-used=$(id)', 'bad-value'],
    ['--cpu-used=3\n-o x', 'file-flag'],
    ['--cpu-used=3\u0000', 'bad-value'],
    ['--cpu-used', 'bad-value'],
    ['--cpu-used=', 'bad-value'],
    ['--cpu-used=99', 'bad-value'],
    ['--cpu-used=0x3', 'bad-value'],
    ['--cpu-used=1e0', 'bad-value'],
    ['--cq-level --cpu-used=3', 'bad-value'],
    ['--end-usage=cbr', 'bad-value'],
    ['--tune=vmaf', 'bad-value'],
    ['-b 9', 'bad-value'],
    ['--no-such-flag=1', 'unknown-flag'],
    ['--__proto__=1', 'bad-syntax'],
    ['--cpu-used=3 -1', 'bad-syntax'],
    ['--constructor=1', 'unknown-flag'],
    ['"--cpu-used=3', 'bad-syntax'],
    [`--cpu-used=${'3'.repeat(5000)}`, 'too-long']
  ])('%s', ([text, code]) => {
    expect(codeOf(() => encoder.parseParams(text ?? ''))).toBe(code)
  })

  test('with a sentence that says what grav1 does instead', () => {
    expect(() => encoder.parseParams('--passes=1')).toThrow(
      /^--passes=1 is not accepted: grav1 always runs two passes\.$/
    )
  })
})

test('whatever the text, only checked tokens come out', () => {
  const words = fc.constantFrom(
    '--cpu-used=3',
    '-b',
    '10',
    '--output=x',
    '-o',
    '--cq-level',
    '20',
    '"',
    "'",
    '--row-mt=1',
    ';',
    '--',
    '=',
    '\n',
    '--lossless=1',
    '--preset',
    '--film-grain=8',
    '--enable-mfmv -1'
  )
  const texts = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    fc.array(words, { maxLength: 8 }).map((parts) => parts.join(''))
  )
  const rules = new Map(everyEncoder.map((encoder) => [encoder, rulesFor(encoder.flags)]))
  const allowed = (encoder: EncoderModule, token: string): boolean =>
    rules.get(encoder)?.allowed.has(/^--([a-z0-9-]+)(=[A-Za-z0-9.-]+)?$/.exec(token)?.[1] ?? '') === true
  fc.assert(
    fc.property(texts, fc.constantFrom(...everyEncoder), (text, encoder) => {
      if (codeOf(() => encoder.parseParams(text)) !== 'accepted') return
      const params = encoder.parseParams(text)
      expect(params.tokens.every((token) => allowed(encoder, token))).toBe(true)
      if (params.tokens.length === 0) return
      // The normal form means the same, with nothing to say of it.
      expect(encoder.parseParams(params.tokens.join(' '))).toMatchObject({ tokens: params.tokens, notes: [] })
    })
  )
})

test('no flag is both allowed and refused', () => {
  for (const { flags } of everyEncoder) {
    for (const name of [...flags.options.keys(), ...flags.own.keys()])
      expect(flags.core.has(name) || flags.files.has(name), name).toBe(false)
    for (const name of flags.core.keys()) expect(flags.files.has(name), name).toBe(false)
  }
})

test.for(['luma-y-dc', 'chroma-u-dc', 'chroma-u-ac', 'chroma-v-dc', 'chroma-v-ac'])(
  'svt does not take --%s-qindex-offset, which breaks its streams',
  (name) => {
    expect(() => svt.parseParams(`--${name}-qindex-offset=20`)).toThrow(/decoders do not read/)
    expect(svt.parseParams(`--preset=8 --${name}-qindex-offset=0`).tokens).toEqual(['--preset=8'])
  }
)

test('encoders are found by name and alias', () => {
  expect(findEncoder('AV1').name).toBe('aom')
  expect(findEncoder('aomenc').name).toBe('aom')
  expect(findEncoder('libvpx-vp9').name).toBe('vp9')
  for (const name of ['SVT-AV1', 'svtav1', 'SvtAv1EncApp', 'libsvtav1']) expect(findEncoder(name).name).toBe('svt')
  expect(findEncoder('svt-av').name).toBe('svt-av')
  expect(findEncoder('VP9-AV').name).toBe('vp9-av')
  expect(() => findEncoder('x264')).toThrow(/known are aom .*, vp9 .*, svt .*, svt-av .* and vp9-av/)
  expect(codeOf(() => findEncoder('constructor'))).toBe('unknown-encoder')
})

test('the output has the depth asked for, never less than the source', () => {
  const params = (text: string) => aom.parseParams(text)
  expect(outputBitDepth(params('--cpu-used=3'), { bitDepth: 10 })).toBe(10)
  expect(outputBitDepth(params('-b 10'), { bitDepth: 8 })).toBe(10)
  expect(codeOf(() => outputBitDepth(params('-b 8'), { bitDepth: 10 }))).toBe('bad-depth')
})

test('how often a scene is read is known of every encoder, and assumed of one from elsewhere', () => {
  expect(['aom', 'vp9', 'svt', 'x265', 'constructor', ''].map((name) => workOf(name).passes)).toEqual([
    2, 2, 1, 2, 2, 2
  ])
})

test.for([
  ['--preset 8 --crf 35', ['--preset=8', '--crf=35']],
  ['--preset=8 --crf=35', ['--preset=8', '--crf=35']],
  ['-q 30 --aq-mode 0', ['--qp=30', '--aq-mode=0']],
  ['--preset 4 --preset 08', ['--preset=8']],
  ['--enable-mfmv -1 --lookahead=-1', ['--enable-mfmv=-1', '--lookahead=-1']],
  [
    '--rc 1 --tbr 800 --film-grain 8 --film-grain-denoise 0',
    ['--rc=1', '--tbr=800', '--film-grain=8', '--film-grain-denoise=0']
  ]
] as const)('svt takes %s', ([text, tokens]) => {
  expect(svt.parseParams(text)).toEqual({ encoder: 'svt', text, tokens, bitDepth: undefined, notes: [] })
})

test.for([
  ['--asm sse2 --passes 2', 'core-flag'],
  ['--force-key-frames 10f', 'core-flag'],
  ['--superres-mode 1', 'core-flag'],
  ['--pred-struct 1', 'core-flag'],
  ['--color-format 2', 'core-flag'],
  ['-n 3', 'core-flag'],
  ['--skip 3', 'core-flag'],
  ['--rtc 1', 'core-flag'],
  ['--svtav1-params stats=/etc/passwd', 'file-flag'],
  ['--svtav1-params preset=6:qpfile=/etc/passwd', 'file-flag'],
  ['-b out.ivf', 'file-flag'],
  ['-b 10.ivf', 'file-flag'],
  ['--output=out.ivf', 'file-flag'],
  ['--output=10', 'file-flag'],
  ['-i film.y4m', 'file-flag'],
  ['-c settings', 'file-flag'],
  ['-o recon.yuv', 'file-flag'],
  ['-o -', 'file-flag'],
  ['--errlog x', 'file-flag'],
  ['--stat-file x', 'file-flag'],
  ['--stats x', 'file-flag'],
  ['--qpfile x', 'file-flag'],
  ['--use-q-file 1', 'file-flag'],
  ['--fgs-table grain.tbl', 'file-flag'],
  ['--roi-map-file map', 'file-flag'],
  ['film.y4m', 'bad-syntax'],
  ['--preset 14', 'bad-value'],
  ['--preset -2', 'bad-value'],
  ['--rc 2', 'bad-value'],
  ['--crf 0', 'bad-value'],
  ['--crf 70.25', 'bad-value'],
  ['--crf 27.3', 'bad-value'],
  ['--crf 27.505', 'bad-value'],
  ['--crf 2.7e1', 'bad-value'],
  ['--tune 3', 'bad-value'],
  ['--bit-depth 12', 'bad-value'],
  ['-b 12', 'bad-value'],
  ['--matrix-coefficients 0', 'bad-value'],
  ['--color-primaries 709', 'bad-value'],
  ['--preset', 'bad-value'],
  ['--cpu-used=3', 'unknown-flag']
] as const)('svt refuses %s', ([text, code]) => {
  expect(codeOf(() => svt.parseParams(text))).toBe(code)
})

test('grain is described once', () => {
  expect(aom.parseParams('--photon-noise 0400').tokens).toEqual(['--photon-noise=400'])
  expect(codeOf(() => aom.parseParams('--photon-noise=400 --denoise-noise-level=0'))).toBe('accepted')
  for (const text of ['--photon-noise=99', '--photon-noise=6401', '--photon-noise=400.5'])
    expect(
      codeOf(() => aom.parseParams(text)),
      text
    ).toBe('bad-value')
  expect(() => aom.parseParams('--film-grain-test=3 --photon-noise=400')).toThrow(/give only one/)
  expect(codeOf(() => aom.parseParams('--photon-noise=400 --denoise-noise-level=9'))).toBe('bad-value')
  expect(codeOf(() => vp9.parseParams('--photon-noise=400'))).toBe('unknown-flag')
})
