import { expect, test } from 'vitest'
import { fits, type Filter } from '../../../../web/src/logs/filter.ts'
import type { LogLine } from '../../../../src/api/schemas/index.ts'

const LINE: LogLine = {
  number: 1,
  atMs: 0,
  level: 'warn',
  message: 'a lease ran out',
  project: 'p1',
  peer: 'w1',
  fields: '{"scene":7}'
}
const ALL: Filter = { level: 'debug', project: '', peer: '', text: '' }

test.for([
  [{}, true],
  [{ level: 'warn' }, true],
  [{ level: 'error' }, false],
  [{ project: 'p1', peer: 'w1' }, true],
  [{ project: 'p2' }, false],
  [{ peer: 'w2' }, false],
  [{ text: 'LEASE' }, true],
  [{ text: '"scene":7' }, true],
  [{ text: 'grant' }, false]
] as const)('%j: %s', ([filter, expected]) => {
  expect(fits(LINE, { ...ALL, ...filter })).toBe(expected)
})
