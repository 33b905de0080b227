import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { expect, test } from 'vitest'
import { limitsOf, PROGRAM_RULES, rulesOf } from '../../src/encode/programs/program-rules.ts'
import { ENCODERS } from '../../src/encode/rules/index.ts'

const doc = await readFile('docs/sandbox.md', 'utf8')

/** Cells of the table of limits, by kind. */
const rows = new Map(
  doc
    .slice(doc.indexOf('<!-- compared with'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, kind = '', programs = '', memory = '', cpu = '', files = '']) => [kind, { programs, memory, cpu, files }])
)

test('docs/sandbox.md has the limits of every kind of program', () => {
  for (const [kind, { memoryGib, cpuHours, openFiles }] of Object.entries(PROGRAM_RULES)) {
    const row = rows.get(kind)
    expect([kind, row?.cpu, row?.files]).toEqual([kind, `${cpuHours} h`, String(openFiles)])
    if (kind !== 'encoder' && kind !== 'library') expect(row?.memory).toBe(`${memoryGib} GiB`)
  }
  const { encoder, library } = PROGRAM_RULES
  expect(encoder.memoryGib).toBe(Math.max(16, Math.ceil(totalmem() / 1024 ** 3)))
  expect(library.memoryGib).toBe(encoder.memoryGib + 6)
})

test('every program of the table has the rules of its row, and every encoder has a row', () => {
  const programs = [...rows].flatMap(([kind, row]) =>
    row.programs.split(',').map((name) => [kind, name.trim()] as const)
  )
  for (const [kind, rules] of Object.entries(PROGRAM_RULES))
    for (const [, name] of programs.filter(([one]) => one === kind))
      expect([name, rulesOf(name)]).toEqual([name, rules])
  const named = new Set(programs.map(([, name]) => name))
  expect(Object.values(ENCODERS).filter(({ program }) => !named.has(program))).toEqual([])
})

test('limits are in bytes and seconds', () => {
  expect(limitsOf(PROGRAM_RULES.tool, 0)).toEqual({
    addressSpaceBytes: 8 * 1024 ** 3,
    fileBytes: 0,
    cpuSeconds: 72_000,
    openFiles: 256
  })
})
