import { expect, test } from 'vitest'
import { ENCODERS, rulesFor } from '../../../../src/encode/rules/index.ts'
import { flagsWithMeaning, meaningOf } from '../../../../src/encode/rules/params/meanings.ts'

const flagsOf = Object.values(ENCODERS).map(({ flags }) => [...rulesFor(flags, undefined).allowed.keys()])

test('what is explained is taken by an encoder, in a sentence that fits beside its name', () => {
  const known = new Set(flagsOf.flat())
  expect(flagsWithMeaning.filter((flag) => !known.has(flag))).toEqual([])
  for (const flag of flagsWithMeaning) expect(meaningOf(flag)).toMatch(/^[A-Z].{5,120}\.$/)
})

test('what most people turn is explained for every encoder, and nothing is said of the rest', () => {
  for (const { flags, quantiser } of Object.values(ENCODERS)) {
    const usual = [quantiser.flag, 'target-quality', 'tile-columns', 'tune', 'aq-mode', 'lossless', 'sharpness']
    const taken = rulesFor(flags, undefined).allowed
    expect(usual.filter((flag) => taken.has(flag) && meaningOf(flag) === '')).toEqual([])
  }
  expect(meaningOf('made-up')).toBe('')
  expect(meaningOf('constructor')).toBe('')
})
