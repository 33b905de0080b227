import { expect, test } from 'vitest'
import { ENCODERS, sameBuild, sameEncoder, threadsFor } from '../../../src/encode/rules/index.ts'

test.each([
  ['vp9/1.15.0/7960237d', 'vp9/1.17.0/7960237d', true],
  ['vp9/1.15.2/7960237d', 'vp9/1.16.0/7960237d', true],
  ['vp9/1.12.0/7960237d', 'vp9/1.15.0/7960237d', false],
  ['vp9/1.150.0/7960237d', 'vp9/1.15.0/7960237d', false],
  ['vp9/1.15.0/7960237d', 'vp9/1.17.0/00000000', false],
  ['aom/3.12.1/bc870609', 'aom/3.14.1/bc870609', false],
  ['vp9-av/1.15.0/7960237d', 'vp9/1.15.0/7960237d', false],
  ['aom/3.6.0/1', 'aom/3.6.0/1', true],
  ['nobody/1/2', 'nobody/1/3', false]
])('%s and %s: the same bytes are expected: %s', (a, b, same) => {
  expect(sameBuild(a, b)).toBe(same)
  expect(sameBuild(b, a)).toBe(same)
})

test('another version is the same encoder, another encoder is not', () => {
  expect(sameEncoder('vp9/1.12.0/1', 'vp9/1.17.0/2')).toBe(true)
  expect(sameEncoder('vp9/1.12.0/1', 'vp9-av/1.12.0/1')).toBe(false)
})

test.each([
  ['aom', '--cpu-used=4', 'any'],
  ['aom', '--cpu-used=5', 'one'],
  ['aom', '--cpu-used=6 --enable-restoration=0', 'any'],
  ['vp9', '--cpu-used=4', 'any'],
  ['vp9', '--tile-rows=1', 'one'],
  ['svt', '--preset 8', 'one'],
  ['svt-av', '--preset 8', 'one'],
  ['vp9-av', '--tile-rows=1', 'one']
] as const)('%s %s: threads %s', (name, text, threads) => {
  const encoder = ENCODERS[name]
  expect(encoder.threadsClass(encoder.parseParams(text))).toBe(threads)
})

test('an encode of one thread has one, whatever the machine has', () => {
  expect(threadsFor(8, 'one')).toBe(1)
  expect(threadsFor(8, 'any')).toBe(8)
  expect(threadsFor(0, 'any')).toBe(1)
})
