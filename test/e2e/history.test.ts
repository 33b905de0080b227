import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fourScenes } from './clips.ts'
import { AOM_PARAMS, eventually, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { FilmColumns, SceneDetail, SceneStatus, SceneWhy, TimelineEntry } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm
let owner: SpawnedNode
let clumsy: SpawnedNode
let id: string

beforeAll(async () => {
  swarm = await TestSwarm.create()
  owner = await swarm.startNode({ name: 'owner', workers: 0 })
})

afterAll(async () => {
  await swarm.stop()
})

async function get<T>(node: SpawnedNode, path: string): Promise<T> {
  const response = await fetch(`${node.url}/api/v2${path}`)
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return (await response.json()) as T
}

const scenes = async (node: SpawnedNode, state = ''): Promise<readonly SceneStatus[]> =>
  (await get<{ items: SceneStatus[] }>(node, `/projects/${id}/scenes${state === '' ? '' : `?state=${state}`}`)).items
const detail = async (node: SpawnedNode, scene: number): Promise<SceneDetail> =>
  get(node, `/projects/${id}/scenes/${scene}`)
const why = async (node: SpawnedNode, scene: number): Promise<SceneWhy> =>
  get(node, `/projects/${id}/scenes/${scene}/why`)
const details = async (node: SpawnedNode): Promise<readonly SceneDetail[]> =>
  Promise.all((await scenes(node)).map(async ({ scene }) => detail(node, scene)))

/** First on the path: the first run on a real scene fails, those of the second scene are right, all later ones make a stream with another header. */
async function clumsyEncoder(): Promise<string> {
  const bin = join(swarm.folder, 'bin')
  await mkdir(bin)
  const count = join(swarm.folder, 'count')
  const lines = [
    '#!/bin/sh',
    'case "$*" in */node-clumsy/work/*) ;; *) exec /usr/bin/aomenc "$@";; esac',
    `echo run >> ${count}`,
    `runs=$(wc -l < ${count})`,
    'if [ $runs -eq 1 ]; then echo "cannot encode today" >&2; exit 3; fi',
    'if [ $runs -gt 3 ]; then exec /usr/bin/aomenc --enable-cdef=0 "$@"; fi',
    'exec /usr/bin/aomenc "$@"'
  ]
  await writeFile(join(bin, 'aomenc'), `${lines.join('\n')}\n`)
  await chmod(join(bin, 'aomenc'), 0o755)
  return bin
}

test('what waits says for whom', async () => {
  const clip = await fourScenes()
  id = await swarm.submit(owner, clip.path, ['--params', AOM_PARAMS, '--output', join(swarm.folder, 'out.mkv')])
  await whenProject(owner.url, id, 'to be planned', ({ planned }) => planned)
  const answer = await why(owner, 0)
  expect(answer).toMatchObject({ scene: 0, state: 'waiting' })
  expect(answer.details).toEqual([expect.stringContaining('this node has no slots')])
  expect(answer.summary).toMatch(/^No connected node can encode it: .* build aom/)
  expect((await scenes(owner)).every((scene) => scene.state === 'waiting' && scene.attempts === 0)).toBe(true)
})

test('attempts that fail or are refused are remembered with who and why, and what holds the scene is said', async () => {
  // It counts its runs in a file, which no sandbox would let it write.
  const env = { PATH: `${await clumsyEncoder()}:${process.env['PATH'] ?? ''}`, GRAV1_SANDBOX: 'off' }
  clumsy = await swarm.startNode({ name: 'clumsy', workers: 1, bootstrap: owner.address, args: ['--queue', '0'], env })
  const refused = await eventually('a refused result', async () =>
    (await details(owner)).find(({ history }) => history.some(({ verdict }) => verdict === 'refused'))
  )
  const attempt = refused.history.find(({ verdict }) => verdict === 'refused')
  expect(attempt).toMatchObject({
    worker: clumsy.peerId,
    reason: 'its stream parameters differ from those of the other scenes',
    bytes: expect.any(Number) as number
  })
  expect(attempt?.encodeSeconds).toBeGreaterThan(0)
  expect(attempt?.endedAtMs).toBeGreaterThanOrEqual(attempt?.startedAtMs ?? Infinity)

  const failed = (await details(owner)).flatMap(({ history }) => history.filter(({ verdict }) => verdict === 'failed'))
  expect(failed).toHaveLength(1)
  expect(failed[0]?.reason).toMatch(/cannot encode today/)

  const barred = await eventually('the worker to be barred', async () => {
    const said = await why(owner, refused.scene)
    return said.summary === 'No node may try it now.' ? said : undefined
  })
  expect(barred.details.join('\n')).toMatch(/clumsy gets no scenes for \d+ s/)
  expect(barred.details.join('\n')).toMatch(
    /clumsy handed in a result that was refused: its stream parameters differ from those of the other scenes\./
  )
  expect(barred.next?.inSeconds).toBeGreaterThanOrEqual(0)
})

test('the next worker is accepted, and both nodes know the whole story or what they heard of it', async () => {
  const good = await swarm.startNode({ name: 'good', workers: 1, bootstrap: owner.address })
  await whenProject(owner.url, id, 'to complete', ({ state }) => state === 'completed')
  const all = await details(owner)
  const refused = all.find(({ history }) => history.some(({ verdict }) => verdict === 'refused'))
  expect(refused?.history.at(-1)).toMatchObject({ verdict: 'accepted', worker: good.peerId })
  expect(refused?.attempts).toBe(refused?.history.length)
  for (const scene of all) {
    expect(scene.history.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(1)
    expect(scene.state).toBe('done')
    // The owner compared what others made.
    expect(scene.psnr).toBeGreaterThan(20)
    expect(scene.psnrMean).toBeGreaterThanOrEqual(scene.psnr ?? 0)
  }
  expect((await why(owner, refused?.scene ?? -1)).summary).toBe('It is done: good encoded it.')
  const film = await get<FilmColumns>(owner, `/projects/${id}/film`)
  expect(film.attempts).toEqual(all.map(({ attempts }) => attempts))
  expect(film.psnr).toEqual(all.map(({ psnr }) => psnr))
  const report = await fetch(`${owner.url}/report/${id}`)
  const page = await report.text()
  expect([report.status, page.includes('<td>good</td>')]).toEqual([200, true])
  // The source and the result of each of the worst.
  expect(page.match(/<img src="data:image\/jpeg;base64,\/9j\//g)).toHaveLength(2 * Math.min(8, all.length))
  expect(film.worker.map((place) => film.workers[place])).toEqual(all.map(({ worker }) => worker))

  await whenProject(good.url, id, 'to complete at the worker', ({ state }) => state === 'completed')
  const heard = await detail(good, refused?.scene ?? -1)
  expect(heard.history.at(-1)).toMatchObject({ verdict: 'accepted', worker: good.peerId, bytes: heard.bytes })
  expect(heard.psnr).toBeNull()
})

test('a restart forgets nothing', async () => {
  const before = await details(owner)
  const bars = await get<TimelineEntry[]>(owner, '/timeline')
  expect(bars.map(({ startedAtMs }) => startedAtMs)).toEqual(
    bars.map((bar) => bar.startedAtMs).toSorted((a, b) => a - b)
  )
  expect(bars).toHaveLength(before.reduce((sum, { history }) => sum + history.length, 0))
  owner.signal('SIGTERM')
  await owner.exited
  owner = await swarm.startNode({ name: 'owner', workers: 0, dataDir: owner.dataDir })
  expect(await details(owner)).toEqual(before)
  expect(await get<TimelineEntry[]>(owner, '/timeline')).toEqual(bars)
  const last = Math.max(...bars.map(({ endedAtMs }) => endedAtMs ?? 0))
  expect(await get<TimelineEntry[]>(owner, `/timeline?after=${last + 60_000}`)).toEqual([])
})
