import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { lookedAt } from '../../src/common/looked-at.ts'
import { startApi } from '../../test/fixtures/api-server.ts'
import { beatOf, viewOf } from '../../test/fixtures/api-bench.ts'
import { createMovingProjects } from '../../test/fixtures/moving-projects.ts'
import type { AddressInfo } from 'node:net'
import type { BeatSceneState } from '../../src/swarm/protocol/index.ts'

/** What the parent asks for, and what it gets back. */
export type Ask =
  | { readonly type: 'keep'; readonly path: string }
  | { readonly type: 'memory' }
  | { readonly type: 'cpu' }
  | { readonly type: 'churn'; readonly changes: number; readonly seconds: number }
export type Told =
  | { readonly type: 'ready'; readonly url: string; readonly bareUrl: string }
  | { readonly type: 'kept'; readonly bytes: number }
  | { readonly type: 'memory'; readonly heapMib: number; readonly rssMib: number; readonly clients: number }
  | { readonly type: 'cpu'; readonly ms: number }
  | { readonly type: 'churned' }

const PROJECTS = 200
const SCENES = 5000
const SCENE_BYTES = 300_000

// A real server, and beside it a bare handler that answers with the bytes that the real one gave for the same path.
const folder = process.argv[2] ?? ''
const sceneFile = `${folder}/scene.ivf`
await writeFile(sceneFile, randomBytes(SCENE_BYTES))

const moving = createMovingProjects()
const lengths = Array.from({ length: SCENES }, (_, at) =>
  at % 2 === 0 ? ([50, SCENE_BYTES] as const) : ([50] as const)
)
const model = viewOf({ scenes: lengths })
for (let at = 0; at < PROJECTS; at += 1) {
  const projectId = `project${String(at).padStart(3, '0')}`
  // A list of scenes each; the scenes themselves are shared, or they alone would take a gigabyte.
  const view = { ...model, projectId, scenes: [...model.scenes] }
  const sceneStates = view.scenes.map(({ accepted }): BeatSceneState => (accepted == null ? 'open' : 'accepted'))
  moving.put(projectId, { view, beat: beatOf({ projectId, sceneStates }) })
}
// As in life: some projects change all the time.
setInterval(() => {
  for (let at = 0; at < 5; at += 1) moving.lease(`project00${at}`, 1 + 2 * Math.floor(Math.random() * 2000), 1, 7)
}, 250).unref()

// As a node does, it looks at its memory once a second.
const rssBytes = lookedAt(() => process.memoryUsage.rss(), { everyMs: 1000 })
const node = { ...moving.node, status: () => ({ ...moving.node.status(), rssBytes: rssBytes() }) }
const api = await startApi({ ...moving, node }, { scene: { path: sceneFile, bytes: SCENE_BYTES } })
const kept = new Map<string, { readonly body: Uint8Array<ArrayBuffer>; readonly headers: Record<string, string> }>()
const bare = new Hono().get('*', (c) => {
  const answer = kept.get(c.req.url.slice(new URL(c.req.url).origin.length))
  return answer == null ? c.notFound() : c.body(answer.body, 200, answer.headers)
})
const server = serve({ fetch: bare.fetch, hostname: '127.0.0.1', port: 0 }, (info: AddressInfo) =>
  tell({ type: 'ready', url: api.url, bareUrl: `http://127.0.0.1:${info.port}` })
)

function tell(told: Told): void {
  process.send?.(told)
}

async function keep(path: string): Promise<void> {
  const answer = await fetch(`${api.url}${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  const body = new Uint8Array(await answer.arrayBuffer())
  kept.clear()
  kept.set(path, { body, headers: { 'Content-Type': answer.headers.get('content-type') ?? '' } })
  tell({ type: 'kept', bytes: body.length })
}

async function churn(changes: number, seconds: number): Promise<void> {
  const steps = seconds * 20
  for (let step = 0; step < steps; step += 1) {
    for (let at = 0; at < changes / steps; at += 1)
      moving.lease('project000', Math.floor(Math.random() * SCENES), 1, Math.floor(Math.random() * 50))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  tell({ type: 'churned' })
}

function cpu(): void {
  const { user, system } = process.cpuUsage()
  tell({ type: 'cpu', ms: (user + system) / 1000 })
}

function memory(): void {
  global.gc?.()
  global.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  tell({ type: 'memory', heapMib: heapUsed / 2 ** 20, rssMib: rss / 2 ** 20, clients: api.events.subscribers })
}

process.on('message', (ask: Ask) => {
  if (ask.type === 'keep') void keep(ask.path)
  else if (ask.type === 'churn') void churn(ask.changes, ask.seconds)
  else if (ask.type === 'cpu') cpu()
  else memory()
})
process.on('disconnect', () => {
  server.close()
  process.exit()
})
