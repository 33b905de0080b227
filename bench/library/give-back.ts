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
}

const PROBE = new URL('./tell-heap.ts', import.meta.url).href
const LOOK_MS = 200
const MS_MAX = 300_000
/** A node collects garbage by itself when it has been idle for so long. */
const SETTLED_MS = 25_000

const project = z.object({ state: z.string(), scenes: z.object({ total: z.number() }) })

async function whenState(node: LocalNode, projectId: string, state: string): Promise<void> {
  const deadline = performance.now() + MS_MAX
  for (;;) {
    const response = await fetch(`${node.url}/api/v2/projects/${projectId}`)
    const found = response.ok ? project.parse(await response.json()) : undefined
    if (found?.state === state) return
    if (performance.now() > deadline) throw new Error(`the film is not ${state} but ${found?.state}`)
    await delay(LOOK_MS)
  }
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

/** What a node takes before, while and after it owns a film of so many scenes. */
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
  await whenState(node, projectId, 'waiting')
  const during = await memoryOf(node, heap)
  const cancelled = await fetch(`${node.url}/api/v2/projects/${projectId}/cancel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' }
  })
  if (!cancelled.ok) throw new Error(await cancelled.text())
  await whenState(node, projectId, 'cancelled')
  await delay(SETTLED_MS)
  const after = await memoryOf(node, heap)
  await node.stop()
  return { before, during, after }
}
