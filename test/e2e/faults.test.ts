import { resolve } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { findEarlier } from '../faults/earlier-version.ts'
import { FAULTS } from '../faults/table.ts'

const program = resolve(import.meta.dirname, '../faults/cli.ts')
const gate = FAULTS.filter(({ inGate }) => inGate === true)

let printed = ''

// One run for all: the film without a fault is encoded once.
beforeAll(async () => {
  const { all } = await execa(process.execPath, [program, '--gate'], { reject: false, all: true, stdin: 'ignore' })
  printed = all
})

/** The line of a fault and those below it. */
function linesOf(name: string): string {
  const lines = printed.split('\n')
  const from = lines.findIndex((line) => line.split(/\s+/)[1] === name)
  const count = lines.slice(from + 1).findIndex((line) => !line.startsWith(' '))
  return from < 0 ? printed : lines.slice(from, from + 1 + Math.max(0, count)).join('\n')
}

test.for(['none', ...gate.map(({ name }) => name)])('%s', (name, { skip }) => {
  const lines = linesOf(name)
  if (lines.startsWith('SKIP')) skip(lines)
  expect(lines).toMatch(/^ok /)
})

test('the version before, which the nightly run tries beside this one, is in the history of this checkout', async () =>
  findEarlier())

test('an unknown fault is refused', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [program, '--only', 'nonsense'], { reject: false })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('no fault is called nonsense')
})
