import type { FigureTable } from './figure.ts'

const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`)

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`

/** Numbers stand right, with the digits of their column. */
export function markdownTable({ columns, rows }: FigureTable): string {
  const isNumber = (at: number): boolean => rows.every((cells) => typeof cells[at] === 'number')
  const text = (cell: string | number, at: number): string =>
    typeof cell === 'number' ? cell.toFixed(columns[at]?.digits ?? 0) : cell
  return [
    row(columns.map(({ title }) => title)),
    `| ${columns.map((_, at) => (isNumber(at) ? '--:' : '---')).join(' | ')} |`,
    ...rows.map((cells) => row(cells.map(text)))
  ].join('\n')
}

/** A table of texts. */
export const markdownRows = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable({
    columns: titles.map((title) => ({ title, digits: 0 })),
    rows: rows.map((cells) => [...cells])
  })
