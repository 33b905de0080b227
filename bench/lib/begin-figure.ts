import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { processorGroup } from '../../test/processor-group.ts'
import { watchCircumstances } from './circumstances.ts'
import { figureFile, type FigureFile, type Measured } from './figure.ts'
import { markdownTable } from './markdown.ts'

/** Where a bench that runs alone leaves its figure: the published ones are only written by `npm run bench`. */
const TRIED = resolve(import.meta.dirname, '../../demo-output/bench')

export interface BegunFigure {
  /** Processor time of this bench and all that it started, programs in a sandbox among them; undefined where the user may make no cgroup. */
  readonly cpuSeconds: () => number | undefined
  /** Prints the tables and findings, and writes the JSON. */
  readonly publish: (measured: Measured) => Promise<void>
}

/** Call it before anything is measured. `name` is that of its command, `npm run bench:<name>`. */
export function beginFigure(name: string): BegunFigure {
  const group = processorGroup()
  const cpuSeconds = () => group?.usedSeconds()
  const over = watchCircumstances(cpuSeconds)
  return {
    cpuSeconds,
    publish: async (measured) => {
      const figure = figureFile.parse({ name, ...measured, ...(await over()) })
      group?.leave()
      const folder = process.env['GRAV1_BENCH_RESULTS'] ?? TRIED
      const file = join(folder, `${name}.json`)
      await mkdir(folder, { recursive: true })
      await writeFile(file, `${JSON.stringify(figure, undefined, 2)}\n`)
      console.log(figureText(figure))
      console.error(file)
    }
  }
}

function figureText({ tables, findings }: FigureFile): string {
  const parts = tables.flatMap((table) => [
    ...(table.caption === undefined ? [] : [table.caption]),
    markdownTable(table)
  ])
  const lines = findings.map(({ what, result, target }) => {
    const verdict = target === undefined ? '' : ` (${target.text}: ${target.isReached ? 'reached' : 'missed'})`
    return `${what}: ${result}${verdict}`
  })
  return [...parts, lines.join('\n')].join('\n\n')
}
