import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { benchmarksPage } from './page.ts'
import { scalingPlot } from './plot.ts'
import { readmeRows, withRows } from './readme.ts'
import { publishedResults } from './results.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Everything that is made of the published figures: texts by file, from the root. */
export async function pagesOfFigures(): Promise<ReadonlyMap<string, string>> {
  const figures = await publishedResults()
  const readme = await readFile(resolve(ROOT, 'README.md'), 'utf8')
  return new Map([
    ['docs/benchmarks.md', benchmarksPage(figures)],
    ['docs/images/scaling.svg', scalingPlot(figures)],
    ['README.md', withRows(readme, readmeRows(figures))]
  ])
}

export async function writePages(): Promise<void> {
  for (const [file, text] of await pagesOfFigures()) await writeFile(resolve(ROOT, file), text)
}
