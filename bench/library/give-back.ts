import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { LocalNode, LocalSwarm } from '../../scripts/local-swarm.ts'
import { memoryMb } from '../lib/of-process.ts'
import { makeRunning } from './make-logs.ts'

export interface Memory {
  /** After a collection of all garbage. */
  readonly heapMb: number
  /** Of the process, without the files that it has mapped. */
  readonly mb: number
}

export interface GivenBack {
  readonly before: Memory
  readonly during: Memory
  readonly after: Memory
  /** From the start of another node until it knows all of the log. */
  readonly knownLateMs: number
}

const PROBE = new URL('./tell-heap.ts', import.meta.url).href
const LOOK_MS = 50
const MS_MAX = 300_000
/** A node collects garbage by itself when it has been idle for so long. */
const SETTLED_MS = 25_000

const project = z.object({ state: z.string(), scenes: z.object({ done: z.number() }) })
type Project = z.infer<typeof project>

async function whenProject(node: LocalNode, id: string, fits: (project: Project) => boolean): Promise<void> {
  const deadline = performance.now() + MS_MAX
  for (;;) {
    const response = await fetch(`${node.url}/api/v2/projects/${id}`)
    const found = response.ok ? project.parse(await response.json()) : undefined
    if (found !== undefined && fits(found)) return
    if (performance.now() > deadline) throw new Error(`the film is late: ${JSON.stringify(found)}`)
    await delay(LOOK_MS)
  }
}

/** Starts a node that has never heard of the film. @returns milliseconds from then until it knows all of its log */
async function joinLate(swarm: LocalSwarm, owner: LocalNode, projectId: string, done: number): Promise<number> {
  const began = performance.now()
  const late = await swarm.start({ name: 'late', workers: 0, bootstrap: owner.address })
  await whenProject(late, projectId, ({ scenes }) => scenes.done === done)
  const ms = performance.now() - began
  await late.stop()
  return ms
}

async function memoryOf({ pid }: LocalNode, file: string): Promise<Memory> {
  await rm(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  const deadline = performance.now() + MS_MAX
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text !== '') return { heapMb: Number(text) / 1e6, mb: await memoryMb(pid, 'RssAnon') }
    if (performance.now() > deadline) throw new Error('the node does not tell its heap')
    await delay(LOOK_MS)
  }
}

/** What a node takes before, while and after it owns a film of so many scenes, and how soon another one knows of it. */
export async function giveBack(swarm: LocalSwarm, scenes: number): Promise<GivenBack> {
  const heap = join(swarm.folder, 'heap')
  const env = { NODE_OPTIONS: `--import=${PROBE}`, BENCH_HEAP: heap }
  const start = async (): Promise<LocalNode> => swarm.start({ name: 'owner', workers: 0, env })
  const dataDir = join(swarm.folder, 'owner')
  await mkdir(dataDir, { mode: 0o700 })
  const alone = await start()
  await delay(SETTLED_MS)
  const before = await memoryOf(alone, heap)
  await alone.stop()
  const projectId = await makeRunning(dataDir, { scenes })
  const node = await start()
  await whenProject(node, projectId, ({ state }) => state === 'waiting')
  const knownLateMs = await joinLate(swarm, node, projectId, scenes / 2)
  const during = await memoryOf(node, heap)
  const cancelled = await fetch(`${node.url}/api/v2/projects/${projectId}/cancel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' }
  })
  if (!cancelled.ok) throw new Error(await cancelled.text())
  await whenProject(node, projectId, ({ state }) => state === 'cancelled')
  await delay(SETTLED_MS)
  const after = await memoryOf(node, heap)
  await node.stop()
  return { before, during, after, knownLateMs }
}
