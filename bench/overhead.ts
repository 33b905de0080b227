import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatTable } from '../src/node/cli/format.ts'
import { buildClip } from '../scripts/clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../scripts/local-swarm.ts'
import { median } from './median.ts'
import { prepareBaseline } from './baseline.ts'
import { processorGroup } from '../test/processor-group.ts'

/** Clips of 640x360. */
const FORMS = { short: 20, long: 128 } as const

const { values } = parseArgs({
  options: {
    /** `short`: 20 s in 5 scenes; `long`: 128 s in 32. */
    form: { type: 'string', default: 'long' },
    reps: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    encoder: { type: 'string', default: 'aom' },
    params: { type: 'string', default: '--cpu-used=6 --end-usage=q --cq-level=30 --lag-in-frames=35' }
  }
})
const { reps, form } = z.object({ reps: z.coerce.number().int().min(1), form: z.enum(['short', 'long']) }).parse(values)
const seconds = z.coerce
  .number()
  .min(4)
  .parse(values.seconds ?? FORMS[form])
const { encoder, params } = values
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

const group = processorGroup()

async function measured<Value>(task: () => Promise<Value>): Promise<Side<Value>> {
  const own = process.cpuUsage()
  const before = group?.usedSeconds()
  const value = await task()
  const { user, system } = process.cpuUsage(own)
  const used = group === undefined || before === undefined ? undefined : group.usedSeconds() - before
  return { value, cpuSeconds: used === undefined ? undefined : used - (user + system) / 1e6 }
}

/** Scenes of 60 to 140 frames: shorter than those of films, so that what each scene costs on top shows. */
function cutsEvery(clipSeconds: number): number[] {
  const cuts: number[] = []
  for (let at = 60; at < clipSeconds * 25 - 60; at += 60 + ((cuts.length * 37) % 81)) cuts.push(at)
  return cuts
}

async function bench(swarm: LocalSwarm, signal: AbortSignal): Promise<void> {
  const source = join(swarm.folder, 'clip.mkv')
  const clip = await buildClip({ output: source, seconds, width: 640, height: 360, cuts: cutsEvery(seconds) })
  const baseline = await prepareBaseline({ source, encoder, params, folder: join(swarm.folder, 'baseline'), signal })
  console.log(`${clip.frames} frames of ${clip.width}x${clip.height}, ${baseline.scenes} scenes, ${encoder} ${params}`)
  if (baseline.frames !== clip.frames) throw new Error(`the scenes have ${baseline.frames} frames`)
  const rows = [['run', 'xargs -P2', 'submit', 'ratio', 'cpu', 'cpu', 'ratio', ...MOMENTS.slice(0, -1)]]
  const ratios: number[] = []
  const cpuRatios: number[] = []
  for (let run = 1; run <= reps; run += 1) {
    const xargs = await measured(async () => baseline.run(workers))
    const submit = await measured(async () => timeSubmit(swarm, source, baseline.scenes))
    const total = submit.value.get('exit') ?? Number.NaN
    const [cpuBefore, cpu] = [xargs.cpuSeconds ?? Number.NaN, submit.cpuSeconds ?? Number.NaN]
    ratios.push(total / xargs.value)
    cpuRatios.push(cpu / cpuBefore)
    const moments = MOMENTS.slice(0, -1).map((moment) => submit.value.get(moment) ?? Number.NaN)
    const cells = [xargs.value, total, total / xargs.value, cpuBefore, cpu, cpu / cpuBefore, ...moments]
    rows.push([String(run), ...cells.map((cell) => cell.toFixed(2))])
    console.error(`run ${run} of ${reps}: ${(total / xargs.value).toFixed(3)}`)
  }
  console.log(formatTable(rows))
  console.log(`processor time: ${median(cpuRatios).toFixed(3)} times (median of ${reps})`)
  console.log(`overhead: ${median(ratios).toFixed(3)} (median of ${reps}; times in seconds, ratio = submit / xargs)`)
}

const swarm = await createLocalSwarm()
const abort = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort(new Error('interrupted')))
abort.signal.addEventListener('abort', () => void swarm.close())
try {
  await bench(swarm, abort.signal)
} catch (error) {
  console.error(`bench failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await swarm.close()
  group?.leave()
}
