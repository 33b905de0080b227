import { expect, test } from 'vitest'
import { checkedBefore, ENCODERS, furtherOptions } from '../../../src/encode/rules/index.ts'

/** Lines as SvtAv1EncApp and its forks write them. */
const HELP = `
      --preset                     Encoder preset, presets < 0 are for debugging, default is 10 [-1-13]
      --psy-rd                     Psychovisual rate distortion strength, default is 0.5 [0.0-6.0]
      --noise-norm-strength        Noise normalization strength, default is 1 [0-4]
      --texture-mode               How texture is kept, default is soft [soft, sharp]
      --balancing-q-bias           Bias
      --frame-luma-bias            Luma bias, default is 0 [0-100]
      --sharpness                  Bias towards sharpness [-7-7]
      --photon-file                Path of a file with photons [0-1]
      --weights                    Set the weights table path
      --lp                         Number of logical cores [0-6]
      --qpfile                     Path to a Q file
`

const facts = {
  version: '2.3.0-B',
  options: new Set(['preset', 'crf', 'sharpness', 'frame-luma-bias']),
  further: furtherOptions(HELP)
}
const { svt } = ENCODERS

const refusal = (text: string): string => {
  try {
    svt.parseParams(text, facts)
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

test('options of a fork are taken with numbers and with the words of its list', () => {
  const text =
    '--preset=4 --psy-rd=1.5 --noise-norm-strength=3 --texture-mode=sharp --balancing-q-bias=-2 --sharpness=3'
  expect(svt.parseParams(text, facts).tokens).toEqual(text.split(' '))
  // It has the older name only.
  expect(svt.parseParams('--frame-luma-bias=10', facts).tokens).toEqual(['--frame-luma-bias=10'])
  expect(refusal('--psy-rd=7')).toContain('takes a number from 0 to 6')
  expect(refusal('--texture-mode=/etc/passwd')).toContain('takes one of soft, sharp')
  expect(refusal('--balancing-q-bias=weights.txt')).toContain('takes a number')
})

test('none that may be for a file, none that grav1 decides, and none of another program', () => {
  for (const text of ['--photon-file=1', '--weights=1', '--qpfile=1'])
    expect([text, refusal(text)]).not.toEqual([text, 'taken'])
  expect(svt.parseParams('--preset=4 --lp=5', facts).tokens).toEqual(['--preset=4'])
  const usual = { version: '2.3.0', options: facts.options }
  expect(() => svt.parseParams('--psy-rd=1', usual)).toThrow('--psy-rd')
  // They are the same for all scenes of a film.
  const params = svt.parseParams('--preset=4 --psy-rd=1', facts)
  expect(params.text).toContain('--psy-rd=1')
})

test('what was checked before passes without the program', () => {
  const text = '--preset=4 --psy-rd=1.5 --texture-mode=sharp'
  expect(svt.parseParams(text, checkedBefore(text)).tokens).toEqual(text.split(' '))
  expect(svt.parseParams('--input-depth=10', checkedBefore('--input-depth=10')).tokens).toEqual(['--bit-depth=10'])
  for (const bad of ['--psy-rd=/etc/passwd', '--stat-file=1', '--psy-rd=1;2'])
    expect(() => svt.parseParams(bad, checkedBefore(bad)), bad).toThrow()
})
