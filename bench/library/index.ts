import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { LocalSwarm } from '../../scripts/local-swarm.ts'
import { beginFigure } from '../lib/begin-figure.ts'
import type { FigureTable, Measured } from '../lib/figure.ts'
import { withPackage } from '../lib/with-package.ts'
import { giveBack, type GivenBack } from './give-back.ts'
import { makeLibrary } from './make-logs.ts'
import { compareStarts, type Starts } from './starts.ts'

const HELP = `npm run bench:library [-- --films 200 --scenes 5000 --own 20 --running 20000 --starts 5]

How a node starts that knows many films that are done, beside one that knows none; then whether a node gives the memory of a large film of its
own back when the film has ended. Most of the time goes into making the films: three minutes for 200 of 5,000 scenes.`

const READY_MS_MAX = 3000

const { values } = parseArgs({
  options: {
    films: { type: 'string', default: '200' },
    scenes: { type: 'string', default: '5000' },
    own: { type: 'string', default: '20' },
    running: { type: 'string', default: '20000' },
    starts: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false }
  }
})

const count = z.coerce.number().int().min(1)
const sizes = z.object({
  films: count,
  scenes: count,
  own: z.coerce.number().int().min(0),
  running: count,
  starts: count
})
type Sizes = z.infer<typeof sizes>

function startsTable({ empty, full }: Starts, { films, scenes }: Sizes): FigureTable {
  const row = (name: string, { readyMs, seconds, mb, ownMb, firstAnswerMs }: Starts['empty']): (string | number)[] => [
    name,
    readyMs,
    seconds,
    mb,
    ownMb,
    firstAnswerMs
  ]
  return {
    caption: 'Starts',
    columns: [
      { title: 'the node knows', digits: 0 },
      { title: 'ready, ms', digits: 0 },
      { title: 'processor until then, s', digits: 2 },
      { title: 'memory, MB', digits: 0 },
      { title: 'without mapped files, MB', digits: 0 },
      { title: 'first answer to `/api/v2/status`, ms', digits: 0 }
    ],
    rows: [row('no films', empty), row(`${films} films of ${scenes} scenes`, full)]
  }
}

const backTable = ({ before, during, after }: GivenBack): FigureTable => ({
  caption: 'A film of its own',
  columns: [
    { title: 'when', digits: 0 },
    { title: 'heap, MB', digits: 0 },
    { title: 'memory without mapped files, MB', digits: 0 }
  ],
  rows: [
    ['before it', before.heapMb, before.mb],
    ['while it goes on', during.heapMb, during.mb],
    ['after its end', after.heapMb, after.mb]
  ]
})

function findings({ full }: Starts, back: GivenBack, { films, scenes, running }: Sizes): Measured['findings'] {
  const kept = back.after.heapMb - back.before.heapMb
  const used = back.during.heapMb - back.before.heapMb
  return [
    {
      what: `a node with ${films} films of ${scenes} scenes is ready`,
      result: `${(full.readyMs / 1000).toFixed(2)} s`,
      target: { text: 'under 3 s', isReached: full.readyMs < READY_MS_MAX }
    },
    {
      what: `heap that a film of ${running} scenes takes at its owner, and that is left of it after its end`,
      result: `${used.toFixed(0)} MB, ${kept.toFixed(1)} MB`
    },
    {
      what: `a node that joins late knows all of a log with ${running} scenes and ${running / 2} receipts, after its start`,
      result: `${(back.knownLateMs / 1000).toFixed(1)} s`
    }
  ]
}

async function measure(swarm: LocalSwarm, all: Sizes): Promise<Measured> {
  const library = join(swarm.folder, 'library')
  await mkdir(library, { mode: 0o700 })
  await makeLibrary(library, all)
  const starts = await compareStarts(swarm, all.starts)
  const back = await giveBack(swarm, all.running)
  return {
    title: 'Many films',
    how: [
      `A node of the package that knows ${all.films} films of ${all.scenes} scenes that are done, ${all.own} of them its own, and one that knows none start in turn, ${all.starts} times each, medians.`,
      'Then a node goes on with a film of its own that is half done and whose source is gone, until its user cancels it; the heap is that after a collection of all garbage.'
    ],
    tables: [startsTable(starts, all), backTable(back)],
    findings: findings(starts, back, all)
  }
}

async function main(): Promise<void> {
  const all = sizes.parse(values)
  const figure = beginFigure('library')
  await withPackage('library', async (swarm) => figure.publish(await measure(swarm, all)))
}

if (values.help) console.log(HELP)
else await main()
