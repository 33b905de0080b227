import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { createLocalSwarm, type LocalNode, type LocalSwarm } from '../../scripts/local-swarm.ts'
import { memoryMb, processorSeconds } from '../lib/of-process.ts'
import { sleepingPath } from './sleeping-encoder.ts'
import { makeFilm, SCENE_FRAMES } from './film.ts'
import { markTraffic, readTraffic, type Traffic } from './traffic.ts'

/** One film on one owner and some workers of one slot each. */
export interface RunInit {
  readonly workers: number
  readonly scenes: number
  /** That the encoder of a worker sleeps for a scene. */
  readonly seconds: number
  /** Folder for profiles of the owner and of the first worker. Default: none is made. */
  readonly profile?: string | undefined
}

/** What it took, from the moment at which all workers may begin to the last accepted scene. */
export interface SwarmRun {
  readonly makespanSeconds: number
  readonly boundSeconds: number
  /** Processor milliseconds for a scene: of the owner's process, and of the mean worker's. */
  readonly ownerMs: number
  readonly workerMs: number
  /** Of the mean node, until it has ended. */
  readonly traffic: Traffic
  /** Resident memory at the end, in MB. */
  readonly ownerMb: number
  readonly workerMb: number
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const LOOK_MS = 200
const PREPARED_MS_MAX = 600_000
const COUNTER = new URL('./count-streams.ts', import.meta.url).href

const project = z.object({
  planned: z.boolean(),
  state: z.string(),
  reason: z.string(),
  scenes: z.object({ total: z.number(), done: z.number() })
})
type Project = z.infer<typeof project>

async function ask(node: LocalNode, path: string, body?: object, method = 'POST'): Promise<unknown> {
  const init = body === undefined ? {} : { method, body: JSON.stringify(body) }
  // Packing the answers would be a tenth of what the owner does.
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' }
  const response = await fetch(`${node.url}${path}`, { ...init, headers })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function whenProject(owner: LocalNode, id: string, fits: (project: Project) => boolean, msMax: number) {
  const deadline = performance.now() + msMax
  for (;;) {
    const found = project.parse(await ask(owner, `/api/v2/projects/${id}`))
    if (fits(found)) return
    if (found.state === 'failed' || found.reason !== '') throw new Error(`the film stands still: ${found.reason}`)
    if (performance.now() > deadline) throw new Error(`the film is late: ${JSON.stringify(found.scenes)}`)
    await delay(LOOK_MS)
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Starts the owner and its workers, which take nothing yet and know all that they need to know of the machine. */
async function startNodes(swarm: LocalSwarm, counts: string, init: RunInit) {
  const path = await sleepingPath(join(swarm.folder, 'bin'), { seconds: init.seconds, frames: SCENE_FRAMES })
  const env = { BENCH_COUNTS: counts, GRAV1_MEDIA: swarm.folder, NODE_OPTIONS: `--import=${COUNTER}` }
  const profile = init.profile === undefined ? '' : ` --cpu-prof --cpu-prof-dir=${init.profile}`
  const profiled = { ...env, NODE_OPTIONS: env.NODE_OPTIONS + profile }
  const owner = await swarm.start({ name: 'owner', workers: 0, env: profiled })
  const start = async (name: string, own: typeof env, like?: string): Promise<LocalNode> =>
    swarm.start({ name, workers: 1, bootstrap: owner.address, like, env: { ...own, PATH: path } })
  const first = await start('worker-1', profiled)
  await encodeFilm(owner, swarm.folder, 'trial', 1)
  await pause(first, true)
  const workers = [first]
  for (let n = 2; n <= init.workers; n += 1) {
    const worker = await start(`worker-${n}`, env, first.dataDir)
    await pause(worker, true)
    workers.push(worker)
  }
  return { owner, workers }
}

async function pause(worker: LocalNode, paused: boolean): Promise<void> {
  await ask(worker, '/api/v2/node', { paused }, 'PATCH')
}

/** Submits a film, and returns its id once all of its pieces are cut. */
async function submitFilm(owner: LocalNode, folder: string, name: string, scenes: number): Promise<string> {
  const input = join(folder, `${name}.mkv`)
  await makeFilm(input, scenes)
  const submission = {
    input,
    encoder: 'svt',
    encoderParams: '--preset=12 --crf=40',
    minFrames: SCENE_FRAMES,
    maxFrames: SCENE_FRAMES,
    proofs: '0%',
    output: join(folder, `${name}-out.mkv`)
  }
  const { projectId } = z.object({ projectId: z.string() }).parse(await ask(owner, '/api/v2/projects', submission))
  await whenProject(owner, projectId, (found) => found.planned && found.scenes.total === scenes, PREPARED_MS_MAX)
  return projectId
}

async function encodeFilm(owner: LocalNode, folder: string, name: string, scenes: number): Promise<void> {
  const projectId = await submitFilm(owner, folder, name, scenes)
  await whenProject(owner, projectId, (found) => found.state === 'completed', PREPARED_MS_MAX)
}

export async function runSwarm(init: RunInit): Promise<SwarmRun> {
  const { scenes, seconds } = init
  const swarm = await createLocalSwarm()
  const interrupted = (): void => void swarm.close().finally(() => process.exit(1))
  for (const name of SIGNALS) process.once(name, interrupted)
  try {
    const counts = join(swarm.folder, 'counts')
    await mkdir(counts)
    const { owner, workers } = await startNodes(swarm, counts, init)
    const projectId = await submitFilm(owner, swarm.folder, 'film', scenes)
    const nodes = [owner, ...workers]
    const secondsOf = async (): Promise<number[]> => Promise.all(nodes.map(async ({ pid }) => processorSeconds(pid)))
    const pids = nodes.map(({ pid }) => pid)
    await markTraffic(counts, pids, 'begin')
    const before = await secondsOf()
    const began = performance.now()
    await Promise.all(workers.map(async (worker) => pause(worker, false)))
    const boundSeconds = Math.ceil(scenes / init.workers) * seconds
    await whenProject(owner, projectId, (found) => found.scenes.done === scenes, 10_000 * boundSeconds)
    const makespanSeconds = (performance.now() - began) / 1000
    await markTraffic(counts, pids, 'end')
    const used = (await secondsOf()).map((seconds, index) => seconds - (before[index] ?? 0))
    const [ownerSeconds = 0, ...workerSeconds] = used
    const memory = await Promise.all(nodes.map(async ({ pid }) => memoryMb(pid, 'VmRSS')))
    await Promise.all(nodes.map(async (node) => node.stop()))
    return {
      makespanSeconds,
      boundSeconds,
      ownerMs: (1000 * ownerSeconds) / scenes,
      workerMs: (1000 * workerSeconds.reduce((sum, value) => sum + value, 0)) / scenes,
      traffic: await readTraffic(counts, pids),
      ownerMb: memory[0] ?? 0,
      workerMb: mean(memory.slice(1))
    }
  } finally {
    for (const name of SIGNALS) process.off(name, interrupted)
    await swarm.close()
  }
}
