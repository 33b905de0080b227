import { expect, test } from 'vitest'
import { encoderInfo, paramsCheck, preset } from '../../../src/api/schemas/index.ts'
import { ENCODERS } from '../../../src/encode/rules/index.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'

const INSTALLED = {
  name: 'aom',
  program: 'aomenc',
  version: '3.6.0',
  build: 'aom/3.6.0/1f2e3d4c',
  facts: { version: '3.6.0', options: new Set(ENCODERS.aom.flags.options.keys()) }
} as const

async function check(encoder: string, params: string) {
  const answer = await createApiBench([], { installed: [INSTALLED] }).post(`/api/v2/encoders/${encoder}/check`, {
    params
  })
  expect(answer.status).toBe(200)
  return paramsCheck.parse(await answer.json())
}

test('every encoder with what it takes, and what of it is installed', async () => {
  const answer = await createApiBench([], { installed: [INSTALLED] }).request('/api/v2/encoders')
  const list = encoderInfo.array().parse(await answer.json())
  expect(list.map(({ name, build }) => [name, build])).toEqual([
    ['aom', INSTALLED.build],
    ['vp9', null],
    ['svt', null],
    ['svt-av', null],
    ['vp9-av', null]
  ])
  const [aom] = list
  expect(aom?.flags).toContainEqual({
    flag: '--cpu-used',
    takes: 'a whole number from 0 to 9',
    means: expect.stringContaining('Speed') as string
  })
  expect(aom?.flags).toContainEqual({ flag: '--tune', takes: 'one of psnr, ssim', means: expect.any(String) as string })
  expect(aom?.flags).toContainEqual({
    flag: '--target-quality',
    takes: expect.stringMatching(/^xpsnr=<10 to 80> or psnr=.* over=<mean, harmonic or p1 to p50>$/) as unknown,
    means: 'Each scene gets the quantiser that reaches this quality.'
  })
  expect(aom?.quantiser).toEqual({ flag: '--cq-level', min: 1, max: 63 })
})

test('an encoder that is installed and does not work is shown with its words; another look gives the same form', async () => {
  const problem = 'SvtAv1EncApp ended with exit code 1: Unprocessed tokens: --pin'
  const broken = [{ name: 'svt', program: 'SvtAv1EncApp', version: '4.2.0', problem }] as const
  const bench = createApiBench([], { installed: [INSTALLED], broken })
  const list = encoderInfo.array().parse(await (await bench.request('/api/v2/encoders')).json())
  expect(list.find(({ name }) => name === 'svt')).toMatchObject({ version: '4.2.0', build: null, problem })
  expect(list.find(({ name }) => name === 'aom')).toMatchObject({ version: '3.6.0', problem: null })
  expect(list.find(({ name }) => name === 'vp9')).toMatchObject({ version: null, build: null, problem: null })
  for (const { about } of list) expect(about).toMatch(/^(AV1|VP9) by .+\.$/)
  const again = await bench.post('/api/v2/encoders/look')
  expect(again.status).toBe(200)
  expect(await again.json()).toEqual(list)
})

test('the presets of grav1 and of this node are one list', async () => {
  const own = { name: 'series', about: '', own: true, params: { svt: '--preset=4' }, options: { audio: 'opus' } }
  const answer = await createApiBench([], { presets: [own] }).request('/api/v2/presets')
  const list = preset.array().parse(await answer.json())
  expect(list.map(({ name }) => name)).toEqual(['archive', 'balanced', 'quick', 'series'])
  expect(list.at(-1)).toEqual(own)
  for (const { params } of list)
    for (const [encoder, text] of Object.entries(params))
      expect(await check(encoder, text)).toMatchObject({ ok: true, normalised: text })
})

test('what is allowed is shown as it is used', async () => {
  expect(await check('aom', '-b 10  --cpu-used 3')).toEqual({
    ok: true,
    reason: '',
    flag: null,
    notes: [],
    normalised: '--bit-depth=10 --cpu-used=3'
  })
  expect(await check('aom', '--cpu-used=3 --threads=8 --enable-qm=1')).toMatchObject({
    ok: true,
    notes: [
      expect.stringContaining('--threads is left out'),
      expect.stringContaining('--qm-min=5 is written out'),
      expect.stringContaining('--qm-max=9 is written out')
    ],
    normalised: '--cpu-used=3 --enable-qm=1 --qm-min=5 --qm-max=9'
  })
  // As a submission: nothing means the defaults, and a target stands beside them. Aliases count.
  expect(await check('av1', '')).toMatchObject({ ok: true, normalised: ENCODERS.aom.defaultParams })
  expect((await check('svt', '--target-quality=psnr:42')).normalised).toContain('--preset=6')
})

test.for([
  ['--cpu-used=99', '--cpu-used', 'a whole number from 0 to 9'],
  ['--cpu-used=3 --made-up=1', '--made-up', 'not a parameter'],
  ['--fpf=/etc/passwd', '--fpf', 'names a file'],
  ['-p 1', '-p', 'two passes'],
  ['--tune=iq', '--tune', 'needs aomenc 3.14 or later; this node has 3.6.0'],
  ['--target-quality=vmaf:95', '--target-quality', 'psnr'],
  ['film.mkv', 'film.mkv', 'file name'],
  ['"', null, 'not closed'],
  ['x'.repeat(5000), null, 'longer than']
] as const)('%s is refused, with the flag and the reason', async ([params, flag, words]) => {
  const verdict = await check('aom', params)
  expect(verdict).toMatchObject({ ok: false, flag })
  expect(verdict.reason).toContain(words)
  expect(verdict).not.toHaveProperty('normalised')
})

test('an unknown encoder is 404, a body that is none 400', async () => {
  const bench = createApiBench()
  const unknown = await bench.post('/api/v2/encoders/x265/check', { params: '' })
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'unknown-encoder' }])
  expect((await bench.post('/api/v2/encoders/aom/check', { param: '' })).status).toBe(400)
})
