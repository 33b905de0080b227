import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellWord } from '../../../bench/baseline.ts'
import { median } from '../../../bench/median.ts'

test('median', () => {
  expect(median([3])).toBe(3)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow('no values')
})

test('shellWord keeps a word whole', () => {
  for (const word of ['plain', "it's", 'a b', '$(rm)', 'gte(n\\,3)', '']) {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`]).toString()).toBe(word)
  }
})
