import { parseArgs } from 'node:util'
import { FIGURES, PATIENCE, type PublishedFigure } from './lib/figures.ts'
import { RESULTS } from './lib/results.ts'
import { runFigure } from './lib/run-figure.ts'
import { writePages } from './lib/write-pages.ts'

const HELP = `npm run bench [-- --only api,scale] [-- --pages]

Measures the published figures one after another, writes their JSON to bench/results, and what is made of it: docs/benchmarks.md, rows and
picture of the README. One that fails or takes too long keeps its last figure; the others go on, and the exit code is 1.
--pages only writes the pages again. The figures: ${FIGURES.map(({ name }) => name).join(', ')}.`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    pages: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

function chosen(only: string | undefined): readonly PublishedFigure[] {
  const names = only?.split(',') ?? FIGURES.map(({ name }) => name)
  const unknown = names.filter((name) => !FIGURES.some((figure) => figure.name === name))
  if (unknown.length > 0) throw new Error(`There is no figure ${unknown.join(', ')}.\n\n${HELP}`)
  return FIGURES.filter(({ name }) => names.includes(name))
}

async function main(): Promise<void> {
  const failed: string[] = []
  for (const { name, args, minutes } of values.pages ? [] : chosen(values.only)) {
    console.error(`\nbench:${name}, about ${minutes} minutes`)
    const command = ['npm', 'run', '-s', `bench:${name}`, '--', ...args] as const
    const problem = await runFigure({ name, command, results: RESULTS, msMax: minutes * PATIENCE * 60_000 })
    if (problem !== undefined) failed.push(`bench:${name} ${problem}`)
  }
  await writePages()
  for (const line of failed) console.error(line)
  if (failed.length > 0) process.exitCode = 1
}

if (values.help) console.log(HELP)
else
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  })
