import { expect, test } from 'vitest'
import { pages, read, withoutCode } from './doc-files.ts'

interface Row {
  readonly number: number
  readonly cells: number
  readonly text: string
}

/** Renderers split at every bar that is not escaped, also within code. */
const cellsOf = (line: string): number =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/).length

/** Lines that begin with a bar and follow each other. */
function tablesOf(text: string): Row[][] {
  const tables: Row[][] = []
  let last = -2
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.trimStart().startsWith('|')) continue
    if (index !== last + 1) tables.push([])
    tables.at(-1)?.push({ number: index + 1, cells: cellsOf(line), text: line })
    last = index
  }
  return tables
}

/** What a renderer would show otherwise than it was meant. */
function problemsOf(page: string, text: string): string[] {
  return tablesOf(text).flatMap(([head, rule, ...rows]) => {
    if (head === undefined) return []
    const at = (row: Row): string => `${page}:${row.number}`
    // An empty line cuts a table in two, and the second half is no table.
    if (rule === undefined || !/^[|\s:-]+$/.test(rule.text)) return [`${at(head)}: a row that belongs to no table`]
    return [rule, ...rows]
      .filter(({ cells }) => cells !== head.cells)
      .map((row) => `${at(row)}: ${row.cells} cells, its header has ${head.cells}`)
  })
}

test('every table is whole, and its rows have the cells of their header', async () => {
  const all = await pages()
  const found = await Promise.all(all.map(async (page) => problemsOf(page, withoutCode(await read(page)))))
  expect(found.flat()).toEqual([])
})

test.for([
  ['| a | b |\n| --- | --- |\n| 1 | 2 |\n', []],
  ['| a | b |\n| --- | --- |\n\n| 1 | 2 |\n', ['page:4: a row that belongs to no table']],
  ['| a | b |\n| --- |\n| 1 | 2 |\n', ['page:2: 1 cells, its header has 2']],
  ['| a | b |\n| --- | --- |\n| 1 | `x|y` |\n', ['page:3: 3 cells, its header has 2']],
  ['| a | b |\n| --- | --- |\n| 1 | `x\\|y` |\n', []]
] as const)('%j: %j', ([text, problems]) => {
  expect(problemsOf('page', text)).toEqual(problems)
})

test('no message of the troubleshooting stands there twice', async () => {
  const text = await read('docs/troubleshooting.md')
  const messages = tablesOf(text).flatMap((rows) =>
    rows.slice(2).map((row) => row.text.split(/(?<!\\)\|/)[1]?.trim() ?? '')
  )
  expect(messages.length).toBeGreaterThan(20)
  expect(messages.filter((message, index) => messages.indexOf(message) !== index)).toEqual([])
})
