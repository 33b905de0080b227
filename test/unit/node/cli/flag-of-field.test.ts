import { expect, test } from 'vitest'
import { withFlag } from '../../../../src/node/cli/flag-of-field.ts'

test.for([
  ['range', 'It ends before it begins.', '--range: It ends before it begins.'],
  ['minFrames', 'Too short.', '--min-frames: Too short.'],
  ['encoderParams', '"--nope" is no parameter.', '--params: "--nope" is no parameter.'],
  ['output', 'choose another with --output', 'choose another with --output'],
  ['input', 'There is no such file.', 'There is no such file.'],
  [null, 'It broke.', 'It broke.'],
  [undefined, 'It broke.', 'It broke.']
] as const)('%s: %s', ([field, sentence, shown]) => {
  expect(withFlag(field, sentence)).toBe(shown)
})
