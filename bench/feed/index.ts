import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { buildClip } from '../../scripts/clip.ts'
import { beginFigure } from '../lib/begin-figure.ts'
import type { FigureTable, Measured } from '../lib/figure.ts'
import { median } from '../median.ts'
import { fedFilm, type FedFilm } from './ways.ts'

const HELP = `npm run bench:feed [-- --heights 360,720,1080 --seconds 16 --reps 3 --params "--preset=10 --crf=35"]

How fast an owner finds, cuts and proves scenes, beside how fast this machine encodes them with SVT-AV1.
--seconds is the length of the films; one of 360 lines or fewer is twice as long.`

const { values } = parseArgs({
  options: {
    heights: { type: 'string', default: '360,720,1080' },
    seconds: { type: 'string', default: '16' },
    reps: { type: 'string', default: '3' },
    params: { type: 'string', default: '--preset=10 --crf=35' },
    help: { type: 'boolean', default: false }
  }
})

/** As long as the shots of many films. */
const SCENE_FRAMES = 100
/** Films up to this height are twice as long: starts of programs would weigh too much. */
const SMALL_HEIGHT = 360

/** So many times what this machine encodes is what an owner is to feed. */
const TIMES = 4

const WAYS = ['analyse', 'prepare', 'encode'] as const
type Way = (typeof WAYS)[number]

/** Medians, of one frame. The processor time is NaN where the system does not tell. */
interface Cost {
  readonly wallMs: number
  readonly cpuMs: number
}

interface Row {
  readonly size: string
  readonly frames: number
  readonly scenes: number
  readonly cost: Readonly<Record<Way, Cost>>
}

const feedOverEncode = ({ cost }: Row): number => cost.encode.wallMs / cost.prepare.wallMs

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const figure = beginFigure('feed')
  const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
  try {
    const rows: Row[] = []
    for (const height of values.heights.split(',').map(Number)) {
      rows.push(await measure(height, folder, () => figure.cpuSeconds() ?? Number.NaN))
      console.error(`${height}: ${feedOverEncode(rows.at(-1)!).toFixed(2)} times`)
    }
    await figure.publish({
      title: 'Feeding fast encoders',
      how: [
        `A montage of natural clips with a cut every ${SCENE_FRAMES} frames; medians of ${values.reps}, the three ways in turn.`,
        'The owner finds the scenes (one decode with a hash of every frame and the search for cuts), or also cuts a piece for each scene and proves it by a second decode.',
        `Then SVT-AV1 with \`${values.params}\` encodes all scenes, ${availableParallelism()} at a time on as many cores, as a worker does.`,
        'Each way has the whole machine; processor time is that of all programs, for one frame.'
      ],
      tables: [tableOf(rows)],
      findings: rows.map(findingOf)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(height: number, folder: string, cpuSeconds: () => number): Promise<Row> {
  const number = z.coerce.number().min(1)
  const reps = number.parse(values.reps)
  const seconds = number.parse(values.seconds) * (height > SMALL_HEIGHT ? 1 : 2)
  const size = { width: Math.round((height * 8) / 9) * 2, height }
  const cuts = Array.from({ length: Math.ceil((seconds * 25) / SCENE_FRAMES) - 1 }, (_, n) => (n + 1) * SCENE_FRAMES)
  const { path, frames } = await buildClip({ output: join(folder, `${height}.mkv`), seconds, ...size, cuts })
  const film = await fedFilm(path, values.params, folder)
  const all: Record<Way, Cost[]> = { analyse: [], prepare: [], encode: [] }
  for (let run = 0; run < reps; run += 1)
    for (const way of WAYS) all[way].push(await costOf(film[way], frames, cpuSeconds))
  const cost = (way: Way): Cost => ({
    wallMs: median(all[way].map(({ wallMs }) => wallMs)),
    cpuMs: median(all[way].map(({ cpuMs }) => cpuMs))
  })
  const costs = { analyse: cost('analyse'), prepare: cost('prepare'), encode: cost('encode') }
  return { size: `${size.width}x${size.height}`, frames, scenes: film.scenes, cost: costs }
}

async function costOf(work: FedFilm[Way], frames: number, cpuSeconds: () => number): Promise<Cost> {
  const [began, cpuBegan] = [performance.now(), cpuSeconds()]
  await work()
  return { wallMs: (performance.now() - began) / frames, cpuMs: (1000 * (cpuSeconds() - cpuBegan)) / frames }
}

function tableOf(rows: readonly Row[]): FigureTable {
  const titles = { analyse: 'finding scenes', prepare: 'with cutting and proving', encode: 'encoding' }
  return {
    columns: [
      { title: 'size', digits: 0 },
      { title: 'frames', digits: 0 },
      { title: 'scenes', digits: 0 },
      ...WAYS.flatMap((way) => [
        { title: `${titles[way]}, frames/s`, digits: 0 },
        { title: 'CPU ms', digits: 2 }
      ]),
      { title: 'feeding over encoding', digits: 2 },
      { title: 'encoding CPU over feeding CPU', digits: 2 }
    ],
    rows: rows.map((row) => {
      const { size, frames, scenes, cost } = row
      const cells = WAYS.flatMap((way) => [1000 / cost[way].wallMs, cost[way].cpuMs])
      return [size, frames, scenes, ...cells, feedOverEncode(row), cost.encode.cpuMs / cost.prepare.cpuMs]
    })
  }
}

function findingOf(row: Row): Measured['findings'][number] {
  const times = feedOverEncode(row)
  return {
    what: `frames of ${row.size} that an owner prepares, over those that this machine encodes with \`svt ${values.params.split(' ')[0]}\``,
    result: `${times.toFixed(1)} times`,
    target: { text: `at least ${TIMES} times`, isReached: times >= TIMES }
  }
}
