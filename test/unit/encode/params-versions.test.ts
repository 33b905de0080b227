import { describe, expect, test } from 'vitest'
import {
  addParams,
  checkNamedSize,
  type EncoderName,
  ENCODERS,
  ParamsError,
  parseSceneParams,
  type ProgramFacts,
  rulesFor,
  startParams,
  submittedParams
} from '../../../src/encode/rules/index.ts'
import { isSince } from '../../../src/encode/rules/params/option-table.ts'
import { ruleBroken } from '../../../src/encode/rules/params/rules.ts'
import { PUBLIC_PARAMS } from '../../fixtures/public-params.ts'

const { aom, vp9, svt } = ENCODERS

/** A program of some version whose help lists every option that the table has for it, and no other. */
function installed(encoder: EncoderName, version: string): ProgramFacts {
  const { flags } = ENCODERS[encoder]
  const { allowed } = rulesFor(flags, { version, options: new Set() })
  return { version, options: new Set([...allowed.keys()].filter((name) => flags.options.has(name))) }
}

const SVT_1 = installed('svt', '1.4.1')
const SVT_2 = installed('svt', '2.3.0')
const SVT_4 = installed('svt', '4.2.0')

function refusal(task: () => unknown): ParamsError {
  try {
    task()
  } catch (error) {
    if (error instanceof ParamsError) return error
    throw error
  }
  throw new Error('it was taken')
}

test.for([
  ['4.2.0', '4.0', true],
  ['4.0', '4.0', true],
  ['4', '4.0', true],
  ['3.12.1', '3.6', true],
  ['3.6.0', '3.12', false],
  ['1.4.1-dirty', '1.4.1', true],
  ['1.4.1', '1.4.2', false]
] as const)('%s is %s or later: %s', ([version, first, is]) => {
  expect(isSince(version, first)).toBe(is)
})

describe('what is taken depends on the program that is installed', () => {
  test.for([
    ['svt', '--crf=27.5', '1.4.1', '--crf=27.5 needs SVT-AV1 4.0 or later; this node has 1.4.1.'],
    ['svt', '--crf 66', '2.3.0', '--crf=66 needs SVT-AV1 4.0 or later; this node has 2.3.0.'],
    ['svt', '--tune=2', '1.4.1', '--tune=2 needs SVT-AV1 1.5 or later; this node has 1.4.1.'],
    ['svt', '--tune=4', '2.3.0', '--tune=4 needs SVT-AV1 4.0 or later; this node has 2.3.0.'],
    ['svt', '--sharpness -3', '2.3.0', '--sharpness needs SVT-AV1 3.0 or later; this node has 2.3.0.'],
    [
      'svt',
      '--enable-variance-boost 1',
      '1.4.1',
      '--enable-variance-boost needs SVT-AV1 2.1 or later; this node has 1.4.1.'
    ],
    ['svt', '--bias-pct 50', '4.2.0', '--bias-pct is not in SVT-AV1 2.0 and later; this node has 4.2.0.'],
    ['svt', '--enable-tpl-la 1', '4.2.0', '--enable-tpl-la is not in SVT-AV1 4.0 and later; this node has 4.2.0.'],
    ['aom', '--tune=iq', '3.12.1', '--tune=iq needs aomenc 3.14 or later; this node has 3.12.1.'],
    ['aom', '--enable-cdef=3', '3.6.0', '--enable-cdef=3 needs aomenc 3.7 or later; this node has 3.6.0.'],
    [
      'aom',
      '--enable-low-complexity-decode=1',
      '3.12.1',
      '--enable-low-complexity-decode needs aomenc 3.13 or later; this node has 3.12.1.'
    ],
    [
      'vp9',
      '--enable-keyframe-filtering=1',
      '1.12.0',
      '--enable-keyframe-filtering needs vpxenc 1.13 or later; this node has 1.12.0.'
    ]
  ] as const)('%s %s with %s', ([encoder, text, version, message]) => {
    const { code, message: said } = refusal(() => ENCODERS[encoder].parseParams(text, installed(encoder, version)))
    expect([said, code]).toEqual([message, 'other-version'])
  })

  test('nothing is lost to a later version but what it gave up', () => {
    for (const [name, was] of rulesFor(svt.flags, SVT_1).allowed) {
      const is = rulesFor(svt.flags, SVT_4).allowed.get(name)
      if (['bias-pct', 'rmv', 'enable-tpl-la'].includes(name)) expect(is, name).toBeUndefined()
      else if (name === 'lookahead') expect(is).toEqual({ type: 'int', min: 0, max: 120 })
      else if (was.type === 'int' && is !== undefined)
        for (const end of [was.min, was.max]) expect(ruleBroken(is, String(end)), name).toBeUndefined()
    }
  })

  test('an option that the help does not list is not there, whatever the version', () => {
    const options = new Set([...SVT_4.options].filter((name) => name !== 'ac-bias'))
    expect(refusal(() => svt.parseParams('--ac-bias 1', { version: '4.2.0', options })).message).toBe(
      '--ac-bias is not in the SvtAv1EncApp 4.2.0 that is installed on this node.'
    )
  })

  test('a name that the help of vpxenc cuts off is there', () => {
    const options = new Set([...vp9.flags.options.keys()].map((name) => name.slice(0, 24)))
    expect(vp9.parseParams('--enable-keyframe-filtering=1', { version: '1.15.0', options }).tokens).toHaveLength(1)
  })

  test('where no program is known, all of any version is taken', () => {
    for (const text of ['--crf 27.5', '--bias-pct 50', '--rmv 1', '--lookahead -1', '--lookahead 0', '--tune 5'])
      expect(svt.parseParams(text).tokens, text).toHaveLength(1)
    expect(svt.parseParams('--crf 27.5', { version: 'unknown', options: new Set() }).tokens).toEqual(['--crf=27.5'])
  })

  test('the libraries of node-av are of one version', () => {
    expect(ENCODERS['svt-av'].parseParams('--sharpness 2 --tune 2').tokens).toHaveLength(2)
    expect(refusal(() => ENCODERS['svt-av'].parseParams('--crf 27.5')).message).toContain('this node has 3.1.2')
  })

  test('a scene is held to the same version as its project', () => {
    const project = { encoder: svt, params: svt.parseParams('--preset 6 --crf 30', SVT_2), facts: SVT_2 }
    expect(refusal(() => parseSceneParams(project, '--preset=6 --crf=27.5')).code).toBe('other-version')
    expect(refusal(() => addParams(project, { params: '--crf 27.5', reset: false })).code).toBe('other-version')
    expect(addParams(project, { params: '--crf 27', reset: false }).tokens).toEqual(['--preset=6', '--crf=27'])
  })

  test('sides from 4 pixels need SVT-AV1 4', () => {
    const video = { width: 32, height: 18, pixelFormat: 'yuv420p', bitDepth: 8, fps: { num: 24, den: 1 }, colour: {} }
    const params = svt.parseParams('')
    expect(() => svt.checkVideo(params, video, SVT_4)).not.toThrow()
    expect(() => svt.checkVideo(params, video, SVT_2)).toThrow(/64 pixels before SVT-AV1 4.0; this node has 2.3.0/)
    expect(() => svt.checkVideo(params, { ...video, width: 2 }, SVT_4)).toThrow(/each side needs 4 pixels/)
  })
})

test('fractions have one spelling and no rounding', () => {
  const crf = (text: string): string => svt.parseParams(`--crf ${text}`, SVT_4).tokens[0] ?? ''
  expect(['27.50', '027.5', '27.5', '30.00', '30', '1.25'].map(crf)).toEqual([
    '--crf=27.5',
    '--crf=27.5',
    '--crf=27.5',
    '--crf=30',
    '--crf=30',
    '--crf=1.25'
  ])
  expect(refusal(() => crf('27.3')).message).toContain('a number from 1 to 70 in steps of 0.25, not "27.3"')
})

describe('one answer', () => {
  test('names every wrong flag, with what was probably meant', () => {
    const error = refusal(() =>
      svt.parseParams('--presett 6 --crf 99 --passes 2 -b out.ivf --enable-variance-bost=1 film.y4m', SVT_4)
    )
    expect(error.message).toBe(
      '"--presett" is not a parameter of SvtAv1EncApp that grav1 accepts; did you mean --preset=6? ' +
        '--crf takes a number from 1 to 70 in steps of 0.25, not "99". ' +
        '--passes=2 is not accepted: grav1 runs SVT-AV1 in one pass, and two passes would need a file between them. ' +
        '-b names a file, which encoder parameters may not: leave it out. ' +
        '"--enable-variance-bost" is not a parameter of SvtAv1EncApp that grav1 accepts; did you mean --enable-variance-boost=1? ' +
        '"film.y4m" is not a parameter; SvtAv1EncApp would take it for a file name: leave it out.'
    )
    expect([error.flag, error.code]).toEqual(['--presett', 'unknown-flag'])
  })

  test('does not grow with what was sent', () => {
    const { message } = refusal(() => aom.parseParams(Array.from({ length: 300 }, () => '--nonsense=1').join(' ')))
    expect(message).toMatch(/ And 290 more\.$/)
    expect(message.length).toBeLessThan(2000)
  })

  test('says what to write for the flag of another program', () => {
    expect(refusal(() => aom.parseParams('-crf 30')).message).toContain('write --end-usage=q --cq-level')
    expect(refusal(() => aom.parseParams('-c:v libaom-av1 -pix_fmt yuv420p10le')).message).toMatch(
      /--encoder chooses the encoder.* write -b 10 for ten bits/
    )
    expect(refusal(() => svt.parseParams('--cpu-used=3')).message).toContain('write --preset')
  })
})

describe('what grav1 decides itself', () => {
  test('is left out, with a note', () => {
    const params = aom.parseParams(
      'aomenc - --threads=8 -b 10 --row-mt=1 --kf-max-dist 9999 --cq-level=30 --ivf -p 2 --fps=24/1'
    )
    expect(params.tokens).toEqual(['--bit-depth=10', '--cq-level=30'])
    expect(params.text).toBe('--bit-depth=10 --cq-level=30')
    expect(params.notes).toEqual([
      'aomenc and - are left out: grav1 passes the frames itself.',
      '--threads is left out: each machine chooses its own threads, and the encoded bytes must not depend on that.',
      '--row-mt is left out: the encoded bytes must not depend on the machine, so grav1 pins it.',
      '--kf-max-dist is left out: grav1 places key frames at scene starts; --max-frames sets how far apart they may be.',
      '--ivf is left out: grav1 sets the form of the output.',
      '-p is left out: grav1 always runs two passes.',
      '--fps is left out: grav1 takes it from the source.'
    ])
  })

  test('alone stands beside the defaults of a new project, and changes nothing in a zone', () => {
    expect(submittedParams(svt, '--lp 8')).toMatchObject({
      text: svt.defaultParams,
      notes: [expect.stringContaining('--lp')]
    })
    const project = { encoder: aom, params: aom.parseParams('--cpu-used=6 --cq-level=30') }
    expect(addParams(project, { params: '--threads=4', reset: false })).toMatchObject({
      tokens: project.params.tokens,
      notes: [expect.stringContaining('--threads')]
    })
  })

  test('lists of ffmpeg are taken apart', () => {
    expect(svt.parseParams('-svtav1-params "tune=0:lp=4:film-grain=8" -crf 30 -preset 6')).toMatchObject({
      text: '--tune=0 --film-grain=8 --crf=30 --preset=6',
      notes: [expect.stringContaining('--lp')]
    })
  })

  test('a size has to be the one of the source', () => {
    const params = svt.parseParams('-w 1920 --height 1080 --crf 30')
    expect(() => checkNamedSize(params, { width: 1920, height: 1080 })).not.toThrow()
    expect(() => checkNamedSize(params, { width: 1920, height: 800 })).toThrow(/--height=1080 is not the height .* 800/)
  })

  test('depths are one flag, however they are written', () => {
    for (const text of ['-b 10', '--bit-depth 10', '--input-depth 10'])
      expect(svt.parseParams(`${text} --crf 30`)).toMatchObject({
        tokens: ['--bit-depth=10', '--crf=30'],
        text: text === '--bit-depth 10' ? `${text} --crf 30` : '--bit-depth=10 --crf=30',
        bitDepth: 10
      })
  })
})

describe('defaults that versions do not share are written out for a new project', () => {
  test.for([
    ['svt', '--crf 30', '--crf=30 --preset=8'],
    ['svt', '--preset=4 --film-grain=8', '--preset=4 --film-grain=8 --film-grain-denoise=0'],
    ['svt', '--preset=4 --film-grain=0', ''],
    ['svt', '--preset=4 --film-grain=8 --film-grain-denoise=1', ''],
    ['svt', '--preset=4 --enable-variance-boost=1', '--preset=4 --enable-variance-boost=1 --variance-octile=5'],
    ['svt-av', '--crf 30', '--crf=30 --preset=8'],
    ['aom', '--cpu-used=4 --enable-qm=1', '--cpu-used=4 --enable-qm=1 --qm-min=5 --qm-max=9'],
    ['aom', '--cpu-used=4 --enable-qm=1 --qm-min=0', '--cpu-used=4 --enable-qm=1 --qm-min=0 --qm-max=9'],
    ['aom', '--cpu-used=4', '']
  ] as const)('%s %s', ([encoder, typed, text]) => {
    const params = submittedParams(ENCODERS[encoder], typed)
    expect(params.text).toBe(text === '' ? typed : text)
    expect(params.notes).toHaveLength(params.tokens.length - ENCODERS[encoder].parseParams(typed).tokens.length)
    // Workers read what was written, and add nothing.
    expect(ENCODERS[encoder].parseParams(params.text)).toMatchObject({ tokens: params.tokens, notes: [] })
  })

  test('also where a zone brings them in', () => {
    const project = { encoder: aom, params: aom.parseParams('--cpu-used=4') }
    expect(addParams(project, { params: '--enable-qm=1', reset: false }).text).toBe(
      '--cpu-used=4 --enable-qm=1 --qm-min=5 --qm-max=9'
    )
  })

  test('the parameters of every preset are complete', () => {
    for (const encoder of Object.values(ENCODERS))
      for (const text of [encoder.defaultParams, ...Object.values(encoder.presets)])
        expect(submittedParams(encoder, text)).toMatchObject({ text, notes: [] })
  })
})

describe('parameters to begin with', () => {
  test.for([
    [undefined, '--preset=6 --crf=35'],
    [SVT_1, '--preset=6 --crf=35'],
    [SVT_2, '--preset=5 --crf=35'],
    [SVT_4, '--preset=4 --crf=32']
  ] as const)('are those of the installed version: %o', ([facts, text]) => {
    expect(startParams(svt, facts).defaultParams).toBe(text)
    expect(submittedParams(svt, '', facts)).toMatchObject({ text, notes: [] })
    expect(submittedParams(svt, '--target-quality=psnr:42', facts).text).toBe(`${text} --target-quality=psnr:42`)
  })

  test('and each version takes all of its own', () => {
    for (const facts of [SVT_1, SVT_2, SVT_4]) {
      const { defaultParams, presets } = startParams(svt, facts)
      for (const text of [defaultParams, ...Object.values(presets)])
        expect(submittedParams(svt, text, facts)).toMatchObject({ text, notes: [] })
    }
  })
})

describe('strings from public guides', () => {
  const newest: Readonly<Record<EncoderName, string>> = {
    aom: '3.14.1',
    vp9: '1.17.0',
    svt: '4.2.0',
    'svt-av': '3.1.2',
    'vp9-av': '1.15.2'
  }
  const oldest: Readonly<Record<EncoderName, string>> = { ...newest, aom: '3.6.0', vp9: '1.12.0', svt: '1.4.1' }

  test.for(PUBLIC_PARAMS.map((one) => [one.encoder, one.text, one] as const))('%s %s', ([encoder, text, one]) => {
    const parse = (version: string) => ENCODERS[encoder].parseParams(text, installed(encoder, version))
    if (one.refused !== undefined) {
      expect(refusal(() => parse(newest[encoder])).message).toContain(one.refused)
      return
    }
    expect(parse(newest[encoder]).tokens.length).toBeGreaterThan(1)
    if (one.since === undefined) expect(parse(oldest[encoder]).tokens.length).toBeGreaterThan(1)
    else expect(refusal(() => parse(oldest[encoder])).message).toContain(`needs ${ENCODERS[encoder].flags.product}`)
  })

  test('36 of 40 are taken as they are', () => {
    expect(PUBLIC_PARAMS).toHaveLength(40)
    expect(PUBLIC_PARAMS.filter(({ refused }) => refused === undefined)).toHaveLength(36)
  })
})
