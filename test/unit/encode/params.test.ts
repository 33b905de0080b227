import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AOM_RULES } from '../../../src/encode/spec/encoders/aom-flags.ts'
import { SVT_AV_RULES } from '../../../src/encode/spec/encoders/svt-av-flags.ts'
import { SVT_RULES } from '../../../src/encode/spec/encoders/svt-flags.ts'
import { VP9_AV_RULES } from '../../../src/encode/spec/encoders/vp9-av-flags.ts'
import { VP9_RULES } from '../../../src/encode/spec/encoders/vp9-flags.ts'
import {
  type EncoderName,
  ENCODERS,
  findEncoder,
  outputBitDepth,
  ParamsError,
  passesOf
} from '../../../src/encode/spec/index.ts'
import type { FlagRules } from '../../../src/encode/spec/params/rules.ts'

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
const RULES: Record<EncoderName, FlagRules> = {
  aom: AOM_RULES,
  vp9: VP9_RULES,
  svt: SVT_RULES,
  'svt-av': SVT_AV_RULES,
  'vp9-av': VP9_AV_RULES
}

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
  expect(aom.parseParams(text)).toEqual({ encoder: 'aom', text, tokens, bitDepth })
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
    ['--threads=8', 'core-flag'],
    ['-t 8', 'core-flag'],
    ['--row-mt=1', 'core-flag'],
    ['--passes=2', 'core-flag'],
    ['-p 2', 'core-flag'],
    ['--pass=1', 'core-flag'],
    ['--ivf', 'core-flag'],
    ['--webm', 'core-flag'],
    ['--kf-max-dist=240', 'core-flag'],
    ['--limit=3', 'core-flag'],
    ['--fps=1/1', 'core-flag'],
    ['-D', 'core-flag'],
    ['-o x', 'file-flag'],
    ['--output=x', 'file-flag'],
    ['-o=x', 'file-flag'],
    ['--fpf=x', 'file-flag'],
    ['-c cfg', 'file-flag'],
    ['--film-grain-table=/etc/passwd', 'file-flag'],
    ['-spf x', 'file-flag'],
    ['input.y4m', 'bad-syntax'],
    ['-', 'bad-syntax'],
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
    ['--constructor=1', 'unknown-flag'],
    ['"--cpu-used=3', 'bad-syntax'],
    [`--cpu-used=${'3'.repeat(5000)}`, 'too-long']
  ])('%s', ([text, code]) => {
    expect(codeOf(() => encoder.parseParams(text ?? ''))).toBe(code)
  })

  test('with a sentence that says that the core sets it', () => {
    expect(() => encoder.parseParams('--threads=8')).toThrow(/^--threads is not accepted: .*bytes must not depend/)
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
  const allowed = (rules: FlagRules, token: string): boolean =>
    rules.allowed.has(/^--([a-z0-9-]+)(=[A-Za-z0-9.-]+)?$/.exec(token)?.[1] ?? '')
  fc.assert(
    fc.property(texts, fc.constantFrom(...Object.values(ENCODERS)), (text, encoder) => {
      if (codeOf(() => encoder.parseParams(text)) !== 'accepted') return
      const params = encoder.parseParams(text)
      expect(params.tokens.every((token) => allowed(RULES[encoder.name], token))).toBe(true)
      expect(encoder.parseParams(params.tokens.join(' ') || '-1').tokens).toEqual(
        params.tokens.length > 0 ? params.tokens : encoder.parseParams('').tokens
      )
    })
  )
})

test('no flag is both allowed and refused', () => {
  for (const rules of Object.values(RULES)) {
    for (const name of rules.allowed.keys()) expect(rules.core.has(name) || rules.files.has(name), name).toBe(false)
  }
})

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
  expect(['aom', 'vp9', 'svt', 'x265', 'constructor', ''].map(passesOf)).toEqual([2, 2, 1, 2, 2, 2])
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
  expect(svt.parseParams(text)).toEqual({ encoder: 'svt', text, tokens, bitDepth: undefined })
})

test.for([
  ['--lp 4', 'core-flag'],
  ['-lp 4', 'core-flag'],
  ['--pin 1', 'core-flag'],
  ['--asm sse2', 'core-flag'],
  ['--passes 2', 'core-flag'],
  ['--keyint 240', 'core-flag'],
  ['--scd 1', 'core-flag'],
  ['--force-key-frames 10f', 'core-flag'],
  ['--input-depth 10', 'core-flag'],
  ['--color-range 1', 'core-flag'],
  ['--mastering-display G(1,1)', 'core-flag'],
  ['--superres-mode 1', 'core-flag'],
  ['-w 64', 'core-flag'],
  ['-n 3', 'core-flag'],
  ['--svtav1-params stats=/etc/passwd', 'core-flag'],
  ['-b out.ivf', 'file-flag'],
  ['--output=out.ivf', 'file-flag'],
  ['-i film.y4m', 'file-flag'],
  ['-c settings', 'file-flag'],
  ['-o recon.yuv', 'file-flag'],
  ['--errlog x', 'file-flag'],
  ['--stat-file x', 'file-flag'],
  ['--stats x', 'file-flag'],
  ['--qpfile x', 'file-flag'],
  ['--use-q-file 1', 'file-flag'],
  ['film.y4m', 'bad-syntax'],
  ['--preset 14', 'bad-value'],
  ['--preset -1', 'bad-value'],
  ['--rc 2', 'bad-value'],
  ['--crf 0', 'bad-value'],
  ['--tune 2', 'bad-value'],
  ['--matrix-coefficients 0', 'bad-value'],
  ['--color-primaries bt709', 'bad-value'],
  ['--preset', 'bad-value'],
  ['--cpu-used=3', 'unknown-flag'],
  ['--photon-noise=400', 'unknown-flag']
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
  expect(() => aom.parseParams('--film-grain-test=3 --photon-noise=400')).toThrow(/give one of them/)
  expect(codeOf(() => aom.parseParams('--photon-noise=400 --denoise-noise-level=9'))).toBe('bad-value')
  expect(codeOf(() => vp9.parseParams('--photon-noise=400'))).toBe('unknown-flag')
})
