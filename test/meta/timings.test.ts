import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SLOW_FILES } from '../longest-first.ts'
import { type FileTiming, timingLines } from '../timings.ts'
import { ROOT } from './doc-files.ts'

const file = (project: string, name: string, startMs: number, endMs: number, ...seconds: number[]): FileTiming => ({
  project,
  name,
  span: { startMs, endMs },
  seconds: (endMs - startMs) / 1000,
  tests: seconds.map((took, index) => ({ name: `${name} > test ${index + 1}`, seconds: took }))
})

test('a project takes from its first start to its last end, whatever ran beside it', () => {
  const lines = timingLines([
    file('unit', 'a.test.ts', 0, 2500, 0.1),
    file('e2e', 'b.test.ts', 3000, 9000, 4, 1.5),
    file('unit', 'c.test.ts', 1000, 3000, 0.2)
  ])
  expect(lines).toEqual([
    'Projects',
    '     3.0 s  unit: 2 files, 4.5 s in all of them',
    '     6.0 s  e2e: 1 files, 6.0 s in all of them',
    'Slowest files',
    '     6.0 s  b.test.ts',
    '     2.5 s  a.test.ts',
    '     2.0 s  c.test.ts',
    'Slowest tests',
    '     4.0 s  b.test.ts > test 1',
    '     1.5 s  b.test.ts > test 2'
  ])
})

test('processor time is told where it is known', () => {
  const busy = { ...file('e2e', 'a.test.ts', 0, 4000, 4), processorSeconds: 3 }
  const idle = { ...file('e2e', 'b.test.ts', 0, 3000, 3), processorSeconds: 0.5 }
  expect(timingLines([busy, idle, file('unit', 'c.test.ts', 0, 500, 0.5)]).slice(1, 5)).toEqual([
    '     4.0 s  e2e: 2 files, 7.0 s in all of them, 3.5 s of processor time',
    '     0.5 s  unit: 1 files, 0.5 s in all of them',
    'Slowest files',
    '     4.0 s  a.test.ts, 3.0 s of processor time'
  ])
})

test('fast files and tests are not listed, and of slow ones fifteen', () => {
  expect(timingLines([file('unit', 'a.test.ts', 0, 900, 0.9)])).toHaveLength(2)
  const many = Array.from({ length: 30 }, (_, index) => file('e2e', `${index}.test.ts`, 0, 2000, 1))
  expect(timingLines(many)).toHaveLength(2 + 1 + 15 + 1 + 15)
  expect(timingLines([])).toEqual([])
})

test('the files that begin first are there', async () => {
  for (const name of SLOW_FILES) await expect(access(join(ROOT, name)), name).resolves.toBeUndefined()
})
