import type { FigureFile } from './figure.ts'
import { markdownRows } from './markdown.ts'

const rowOf = (cells: readonly string[]): string => markdownRows(['', ''], [cells]).split('\n').at(-1) ?? ''

/** Rows of the README's table of figures: those of the findings with `inReadme`. */
export const readmeRows = (figures: readonly FigureFile[]): readonly string[] =>
  figures.flatMap(({ findings }) =>
    findings.filter(({ inReadme }) => inReadme).map(({ what, result }) => rowOf([what, result]))
  )

const HEADING = '## Measured\n'

/** The README with these rows: each takes the place of the row with the same first cell, or goes to the end of the table. */
export function withRows(readme: string, rows: readonly string[]): string {
  const at = readme.indexOf(HEADING)
  const end = readme.indexOf('\n## ', at + 1)
  if (at === -1 || end === -1) throw new Error('the README has no section with the figures')
  const lines = readme.slice(at, end).split('\n')
  for (const row of rows) {
    const first = row.slice(0, row.indexOf(' | ') + 3)
    const known = lines.findIndex((line) => line.startsWith(first))
    if (known === -1) lines.splice(lines.findLastIndex((line) => line.startsWith('| ')) + 1, 0, row)
    else lines[known] = row
  }
  return readme.slice(0, at) + lines.join('\n') + readme.slice(end)
}
