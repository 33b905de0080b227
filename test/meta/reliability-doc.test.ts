import { expect, test } from 'vitest'
import { faultRow, FAULTS } from '../faults/table.ts'
import { read } from './doc-files.ts'

/** Rows of the table of faults: what it says, and the figure at its end. */
async function rows(): Promise<{ row: string; figure: string }[]> {
  const text = await read('docs/reliability.md')
  return [...text.matchAll(/^(\| `[^|]+` \|.*\|) ([^|]*) \|$/gm)].map(([, row = '', figure = '']) => ({ row, figure }))
}

test('the page says of each fault what its test does, in the same order, and of no other', async () => {
  expect((await rows()).map(({ row }) => row)).toEqual(FAULTS.map(faultRow))
})

test('each fault has a figure that was reached', async () => {
  for (const { row, figure } of await rows()) expect(figure, row).toMatch(/^\d+\.\d$/)
})
