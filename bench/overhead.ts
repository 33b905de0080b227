import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { buildClip } from '../scripts/clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../scripts/local-swarm.ts'
import { layOutProgram } from '../scripts/package/lay-out.ts'
import { prepareBaseline } from './baseline.ts'
import { beginFigure, type BegunFigure } from './lib/begin-figure.ts'
import type { Measured } from './lib/figure.ts'
import { median } from './median.ts'

const HELP = `npm run bench:overhead [-- --form short --reps 5] [--speed 3]

grav1 submit with two slots, from the start of the command to the finished file, over the same encoder commands under xargs -P2.
--form short is 20 s of film in 5 scenes, long 128 s in 32; without it both are measured. --seconds makes a film of another length, --speed is --cpu-used of aomenc.`

/** Within the checkout, where Node finds the packages that are not bundled. */
const CACHE = resolve(import.meta.dirname, '../node_modules/.cache')

/** Clips of 640x360. */
const FORMS = {
  short: { seconds: 20, most: 1.15 },
  long: { seconds: 128, most: 1.03 }
} as const

const { values } = parseArgs({
  options: {
    form: { type: 'string' },
    reps: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    encoder: { type: 'string', default: 'aom' },
    speed: { type: 'string', default: '6' },
    params: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
const { reps, form, speed, seconds } = z
  .object({
    reps: z.coerce.number().int().min(1),
    form: z.enum(['short', 'long']).optional(),
    speed: z.coerce.number().int().min(0).max(9),
    seconds: z.coerce.number().min(4).optional()
  })
  .parse(values)
const { encoder, params = `--cpu-used=${speed} --end-usage=q --cq-level=30 --lag-in-frames=35` } = values
const workers = 2

const progress = z.object({
  event: z.string(),
  phases: z.array(z.string()).default([]),
  scenes: z.object({ done: z.number(), running: z.number() }).default({ done: 0, running: 0 })
})

/** When what happened, in seconds from the start of the command. */
const MOMENTS = ['submitted', 'first start', 'analysed', 'first end', 'last end', 'joined', 'exit'] as const
type Moment = (typeof MOMENTS)[number]
type TimeLine = ReadonlyMap<Moment, number>

/** What has come by a line of the command. */
function momentsOf(line: z.infer<typeof progress>, before: TimeLine, all: number): Moment[] {
  const { event, phases, scenes } = line
  if (event === 'submitted') return ['submitted']
  if (event === 'done') return ['joined']
  if (event !== 'progress') return []
  const hasBegun = scenes.running > 0 || scenes.done > 0
  return [
    ...(hasBegun ? (['first start'] as const) : []),
    ...(before.has('first start') && !phases.includes('analysing') ? (['analysed'] as const) : []),
    ...(scenes.done > 0 ? (['first end'] as const) : []),
    ...(scenes.done === all ? (['last end'] as const) : [])
  ]
}

/** `grav1 submit` on a fresh data folder, from the start of the process to its end. */
async function timeSubmit(swarm: LocalSwarm, source: string, scenes: number): Promise<TimeLine> {
  const dataDir = join(swarm.folder, 'data')
  const job = ['--encoder', encoder, '--params', params, '--output', join(swarm.folder, 'out.mkv'), '--overwrite']
  const node = ['--data-dir', dataDir, '--workers', String(workers), '--nice', '0', '--no-mdns']
  const began = performance.now()
  const times = new Map<Moment, number>()
  const note = (moment: Moment): void => {
    if (!times.has(moment)) times.set(moment, (performance.now() - began) / 1000)
  }
  const onLine = (line: string): void => {
    for (const moment of momentsOf(progress.parse(JSON.parse(line)), times, scenes)) note(moment)
  }
  const args = ['submit', source, ...job, ...node, '--listen', '/ip4/127.0.0.1/tcp/0', '--json']
  if ((await swarm.run(args, onLine)) !== 0) throw new Error('grav1 submit failed')
  note('exit')
  await rm(dataDir, { recursive: true, force: true })
  return times
}

/** One side of a run. */
interface Side<Value> {
  readonly value: Value
  /** Processor time of all that it started, those in sandboxes among it; undefined where the system does not tell. */
  readonly cpuSeconds: number | undefined
}

async function measured<Value>({ cpuSeconds }: BegunFigure, task: () => Promise<Value>): Promise<Side<Value>> {
  const own = process.cpuUsage()
  const before = cpuSeconds()
  const value = await task()
  const { user, system } = process.cpuUsage(own)
  const after = cpuSeconds()
  const used = after === undefined || before === undefined ? undefined : after - before
  return { value, cpuSeconds: used === undefined ? undefined : used - (user + system) / 1e6 }
}

/** Scenes of 60 to 140 frames: shorter than those of films, so that what each scene costs on top shows. */
function cutsEvery(clipSeconds: number): number[] {
  const cuts: number[] = []
  for (let at = 60; at < clipSeconds * 25 - 60; at += 60 + ((cuts.length * 37) % 81)) cuts.push(at)
  return cuts
}

interface Run {
  readonly xargs: Side<number>
  readonly submit: Side<TimeLine>
}

interface Measurement {
  readonly name: string
  readonly most: number
  readonly runs: readonly Run[]
}

async function measure(
  figure: BegunFigure,
  swarm: LocalSwarm,
  init: { readonly seconds: number; readonly most: number; readonly signal: AbortSignal }
): Promise<Measurement> {
  const folder = join(swarm.folder, `film-${init.seconds}`)
  await mkdir(folder)
  const source = join(folder, 'clip.mkv')
  const clip = await buildClip({
    output: source,
    seconds: init.seconds,
    width: 640,
    height: 360,
    cuts: cutsEvery(init.seconds)
  })
  const baseline = await prepareBaseline({
    source,
    encoder,
    params,
    folder: join(folder, 'baseline'),
    signal: init.signal
  })
  if (baseline.frames !== clip.frames) throw new Error(`the scenes have ${baseline.frames} frames`)
  const name = `${init.seconds} s in ${baseline.scenes} scenes`
  const runs: Run[] = []
  for (let run = 1; run <= reps; run += 1) {
    const xargs = await measured(figure, async () => baseline.run(workers))
    const submit = await measured(figure, async () => timeSubmit(swarm, source, baseline.scenes))
    runs.push({ xargs, submit })
    console.error(`${name}, run ${run} of ${reps}: ${timesOf({ xargs, submit }).toFixed(3)}`)
  }
  return { name, most: init.most, runs }
}

const totalOf = ({ submit }: Run): number => submit.value.get('exit') ?? Number.NaN
const timesOf = (run: Run): number => totalOf(run) / run.xargs.value
const cpuTimesOf = ({ xargs, submit }: Run): number =>
  (submit.cpuSeconds ?? Number.NaN) / (xargs.cpuSeconds ?? Number.NaN)
const cellOf = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2)

function rowsOf({ name, runs }: Measurement): string[][] {
  return runs.map((run) => [
    name,
    ...[run.xargs.value, totalOf(run), timesOf(run)].map(cellOf),
    ...[run.xargs.cpuSeconds, run.submit.cpuSeconds, cpuTimesOf(run)].map(cellOf),
    ...MOMENTS.slice(0, -1).map((moment) => cellOf(run.submit.value.get(moment)))
  ])
}

function findingOf({ name, most, runs }: Measurement) {
  const times = runs.map(timesOf)
  const times50 = median(times)
  const [least, greatest] = [Math.min(...times), Math.max(...times)]
  return {
    what: `time over the same encoder commands under \`xargs -P2\`, ${name}`,
    result: `${times50.toFixed(2)} times (${least.toFixed(2)} to ${greatest.toFixed(2)})`,
    target: { text: `at most ${most} times`, isReached: times50 <= most },
    inReadme: true
  }
}

const figureOf = (measurements: readonly Measurement[]): Measured => ({
  title: 'Overhead',
  how: [
    `Films of 640x360, ${encoder} with \`${params}\`, two slots, everything included: start of the process, checks, scenes, pieces, proofs, verification, join and the check of the file.`,
    `The encoder commands alone have their pieces already; \`xargs -P2\` runs them. ${reps} runs of both in turn.`,
    'Times are in seconds; the last columns say when the command was where.'
  ],
  tables: [
    {
      columns: [
        'film',
        'xargs',
        'submit',
        'times',
        'xargs, CPU',
        'submit, CPU',
        'times, CPU',
        ...MOMENTS.slice(0, -1)
      ].map((title) => ({ title })),
      rows: measurements.flatMap(rowsOf)
    }
  ],
  findings: [
    ...measurements.map(findingOf),
    ...measurements.map(({ name, runs }) => ({
      what: `processor time over that of the encoder commands, ${name}`,
      result: `${median(runs.map(cpuTimesOf)).toFixed(2)} times`
    }))
  ]
})

const filmsOf = () => {
  const forms = form === undefined ? [FORMS.short, FORMS.long] : [FORMS[form]]
  return seconds === undefined ? forms : [{ seconds, most: FORMS[form ?? 'long'].most }]
}

async function bench(signal: AbortSignal): Promise<void> {
  const figure = beginFigure('overhead')
  const laidOut = await mkdtemp(join(CACHE, 'overhead-'))
  const { file } = await layOutProgram(laidOut)
  const swarm = await createLocalSwarm({ program: file })
  signal.addEventListener('abort', () => void swarm.close())
  try {
    const measurements: Measurement[] = []
    for (const film of filmsOf()) measurements.push(await measure(figure, swarm, { ...film, signal }))
    await figure.publish(figureOf(measurements))
  } finally {
    await swarm.close()
    await rm(laidOut, { recursive: true, force: true })
  }
}

if (values.help) console.log(HELP)
else {
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort(new Error('interrupted')))
  await bench(abort.signal).catch((error: unknown) => {
    console.error(`bench failed: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  })
}
