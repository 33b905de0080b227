import type { FigureFile } from './figure.ts'
import { markdownRows, markdownTable } from './markdown.ts'

const HEAD = `# Benchmarks

\`npm run bench\` measures everything on this page and writes it, from the JSON files in [bench/results](../bench/results).
\`npm run bench -- --only api\` measures one figure again.
[How the figures were measured](measured.md) has those that take longer or need more than one machine.

Compare ratios: both sides of one ran in turn on the same machine.
Absolute times are those of the machine that the last section names.`

/** `docs/benchmarks.md` */
export function benchmarksPage(figures: readonly FigureFile[]): string {
  return `${[HEAD, summary(figures), ...figures.map(section), circumstances(figures)].join('\n\n')}\n`
}

function summary(figures: readonly FigureFile[]): string {
  const rows = figures.flatMap(({ name, findings }) =>
    findings.map(({ what, result, target }) => {
      const verdict = target === undefined ? '' : target.isReached ? 'yes' : '**no**'
      return [what, result, target?.text ?? '', verdict, `[${name}](#${anchor(figures, name)})`]
    })
  )
  return markdownRows(['what', 'result', 'target', 'reached', 'figure'], rows)
}

/** As the title's heading gets it. */
function anchor(figures: readonly FigureFile[], name: string): string {
  const title = figures.find((figure) => figure.name === name)?.title ?? ''
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

function section({ name, title, how, tables }: FigureFile): string {
  const parts = tables.map((table) =>
    [...(table.caption === undefined ? [] : [`${table.caption}:`]), markdownTable(table)].join('\n\n')
  )
  return [`## ${title}`, [`\`npm run bench:${name}\``, ...how].join('\n'), ...parts].join('\n\n')
}

function circumstances(figures: readonly FigureFile[]): string {
  const rows = figures.map(({ name, startedAt, seconds, commit, load }) => [
    name,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    `${seconds.toFixed(0)} s`,
    commit,
    `${load.before} and ${load.after}`,
    load.othersCores === null ? 'not known' : load.othersCores.toFixed(2)
  ])
  const machines = new Set(figures.map(machineText))
  return [
    '## Where and when',
    [...machines].map((machine) => `* ${machine}`).join('\n'),
    'A commit with `+` had changes that were not committed.\nThe last column is what all other programs took meanwhile, on average.',
    markdownRows(['figure', 'when', 'took', 'commit', 'load before and after', "others' cores"], rows)
  ].join('\n\n')
}

function machineText({ machine, versions }: FigureFile): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryMib / 1024).toFixed(0)} GiB, ${machine.system}; ${programs.join(', ')}`
}
