import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatTable } from '../src/node/cli/format.ts'
import { buildClip } from '../scripts/clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../scripts/local-swarm.ts'
import { median } from './median.ts'
import { prepareBaseline } from './baseline.ts'

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '64' },
    encoder: { type: 'string', default: 'aom' },
    params: { type: 'string', default: '--cpu-used=6 --end-usage=q --cq-level=30 --lag-in-frames=35' }
  }
})
const { reps, seconds } = z
  .object({ reps: z.coerce.number().int().min(1), seconds: z.coerce.number().min(4) })
  .parse(values)
const { encoder, params } = values
const workers = 2

const progress = z.object({ event: z.string(), scenes: z.object({ done: z.number() }).optional() })

/** Seconds from the start of the command. */
interface SubmitRun {
  readonly firstScene: number
  readonly lastScene: number
  readonly total: number
}

/** `grav1 submit` on a fresh data folder, from the start of the process to its end. */
async function timeSubmit(swarm: LocalSwarm, source: string, scenes: number): Promise<SubmitRun> {
  const dataDir = join(swarm.folder, 'data')
  const job = ['--encoder', encoder, '--params', params, '--output', join(swarm.folder, 'out.mkv'), '--overwrite']
  const node = ['--data-dir', dataDir, '--workers', String(workers), '--nice', '0', '--no-mdns']
  const began = performance.now()
  const now = () => (performance.now() - began) / 1000
  let [firstScene, lastScene] = [0, 0]
  const onLine = (line: string) => {
    const done = progress.parse(JSON.parse(line)).scenes?.done ?? 0
    if (done > 0 && firstScene === 0) firstScene = now()
    if (done === scenes && lastScene === 0) lastScene = now()
  }
  const args = ['submit', source, ...job, ...node, '--listen', '/ip4/127.0.0.1/tcp/0', '--json']
  if ((await swarm.run(args, onLine)) !== 0) throw new Error('grav1 submit failed')
  const total = now()
  await rm(dataDir, { recursive: true, force: true })
  return { firstScene, lastScene, total }
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
  const rows = [['run', 'xargs -P2', 'submit', 'ratio', 'first scene', 'last scene']]
  const ratios: number[] = []
  for (let run = 1; run <= reps; run += 1) {
    const xargs = await baseline.run(workers)
    const submit = await timeSubmit(swarm, source, baseline.scenes)
    ratios.push(submit.total / xargs)
    const cells = [xargs, submit.total, submit.total / xargs, submit.firstScene, submit.lastScene]
    rows.push([String(run), ...cells.map((cell) => cell.toFixed(2))])
    console.error(`run ${run} of ${reps}: ${(submit.total / xargs).toFixed(3)}`)
  }
  console.log(formatTable(rows))
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
}
