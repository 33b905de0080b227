import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Upload } from 'tus-js-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { slowSvt } from '../fixtures/scene-encoders.ts'
import { testAtNight } from '../nightly.ts'
import { fourScenes, shortClip } from './clips.ts'
import {
  AOM_PARAMS,
  eventually,
  getProject,
  sha256,
  SVT_PARAMS,
  TestSwarm,
  whenConnected,
  whenProject
} from './harness.ts'
import type { LogLine, NodeStatus, PeerStatus, UploadStatus } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})

afterEach(async () => {
  await swarm.stop()
})

async function ask<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(`${url}/api/v2${path}`)).json()) as T
}

async function change(url: string, body: object): Promise<NodeStatus> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v2/node`, { method: 'PATCH', headers, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
  return (await answer.json()) as NodeStatus
}

async function whenNode(url: string, what: string, wanted: (node: NodeStatus) => boolean): Promise<NodeStatus> {
  return eventually(`the node ${what}`, async () => {
    const node = await ask<NodeStatus>(url, '/node')
    return wanted(node) ? node : undefined
  })
}

/** Scenes whose encode came to its end here, in this run of the node. */
async function encodedAt(url: string): Promise<number> {
  return (await ask<{ items: LogLine[] }>(url, '/logs?text=scene%20encoded&limit=1000')).items.length
}

test('a worker is shrunk, paused, started anew and drained while it encodes; no encode is lost by it', async () => {
  const clip = await shortClip()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  // Slow enough that each step finds it at work.
  const env = { PATH: await slowSvt(join(swarm.folder, 'bin'), 3) }
  const start = { name: 'helper', workers: 2, bootstrap: owner.address, env } as const
  const helper = await swarm.startNode(start)
  await whenConnected(helper.url, 1)
  const flags = ['--encoder', 'svt', '--params', SVT_PARAMS, '--min-frames', '12', '--max-frames', '20']
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...flags, '--output', output])
  const doneAtOwner = async (): Promise<number> => (await getProject(owner.url, id))?.scenes.done ?? 0
  const peerAtOwner = async (): Promise<PeerStatus> => ask(owner.url, `/peers/${helper.peerId}`)

  await whenNode(helper.url, 'to be busy', ({ busy }) => busy === 2)
  expect(await change(helper.url, { slots: 1 })).toMatchObject({ slots: 1, busy: 2 })
  await whenNode(helper.url, 'to have one left', ({ busy }) => busy === 1)
  await eventually('the rate to show at the owner', async () => ((await peerAtOwner()).fps > 0 ? true : undefined))

  await whenNode(helper.url, 'to be busy with its one slot', ({ busy }) => busy === 1)
  const before = await encodedAt(helper.url)
  const paused = await change(helper.url, { paused: true })
  expect(paused.paused).toBe(true)
  await whenNode(helper.url, 'to be done with what it had', ({ inHand }) => inHand === 0)
  // One more where a scene ended before the node heard of the pause.
  expect(await encodedAt(helper.url)).toBeGreaterThanOrEqual(before + paused.busy)
  await eventually('the owner to hear of it', async () => ((await peerAtOwner()).paused ? true : undefined))
  const done = await doneAtOwner()
  const encodedFirst = await encodedAt(helper.url)
  expect(encodedFirst).toBe(done)

  helper.signal('SIGTERM')
  await helper.exited
  const again = await swarm.startNode({ ...start, dataDir: helper.dataDir })
  await whenConnected(again.url, 1)
  expect(await ask(again.url, '/node')).toMatchObject({ paused: true, slots: 1, busy: 0 })
  expect(again.output()).toContain('grav1 resume')
  expect(await doneAtOwner()).toBe(done)
  const more = await swarm.ask(['workers', '2', '--api', again.url])
  expect([more.exitCode, more.stdout]).toEqual([0, 'helper now encodes 2 scenes at once'])
  const resumed = await swarm.ask(['resume', '--api', again.url])
  expect([resumed.exitCode, resumed.stdout]).toEqual([0, 'helper takes scenes again, 2 at once'])

  await whenNode(again.url, 'to be busy again', ({ busy }) => busy === 2)
  const drained = await swarm.ask(['drain', '--api', again.url])
  expect([drained.exitCode, drained.stdout]).toEqual([0, expect.stringContaining('takes no more scenes')])
  await whenNode(again.url, 'to be drained', ({ draining, inHand }) => draining && inHand === 0)
  // What it had taken it finished, and the owner has it. On a slow machine this may be the whole film.
  expect(await doneAtOwner()).toBe(encodedFirst + (await encodedAt(again.url)))
  expect(await ask(again.url, '/node')).toMatchObject({ draining: true, paused: true, busy: 0 })

  expect(await change(again.url, { paused: false })).toMatchObject({ draining: false, paused: false })
  const end = await whenProject(owner.url, id, 'completed', ({ state }) => state === 'completed')
  // Each scene was encoded once: nothing that ran was stopped.
  expect(encodedFirst + (await encodedAt(again.url))).toBe(end.scenes.total)
  expect(await peerAtOwner()).toMatchObject({
    path: 'loopback',
    latencyMs: expect.any(Number) as number,
    trust: 'trusted',
    scenesDone: end.scenes.total,
    scenesRefused: 0,
    heardSecondsAgo: 0
  })
})

test('a node without slots is given some while it runs; drained, it ends what it encodes and leaves the rest to others', async () => {
  const clip = await fourScenes()
  // In a folder of its own its encoders have to be tried, and one is not done with that: the node does not wait for it.
  const [bin, go] = [join(swarm.folder, 'slow'), join(swarm.folder, 'go')]
  await mkdir(bin)
  const lines = ['#!/bin/sh', `while [ ! -e ${go} ]; do sleep 0.1; done`, 'exec /usr/bin/aomenc "$@"']
  await writeFile(join(bin, 'aomenc'), `${lines.join('\n')}\n`, { mode: 0o755 })
  // It waits for a file that no sandbox would show it.
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GRAV1_SANDBOX: 'off' }
  const node = await swarm.startNode({ name: 'owner', workers: 0, dataDir: join(swarm.folder, 'cold'), env })
  expect((await ask<NodeStatus>(node.url, '/node')).encoders).toEqual([])
  await writeFile(go, '')
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(node, clip.path, ['--params', AOM_PARAMS, '--output', output])
  await whenProject(node.url, id, 'to have its scenes', ({ scenes }) => scenes.total === 4)
  expect((await ask<NodeStatus>(node.url, '/node')).encoders.join()).toContain('aom/')

  // Two scenes are encoded until the test lets them end, however fast the machine is.
  await rm(go)
  await change(node.url, { slots: 2 })
  await whenNode(node.url, 'to be busy', ({ busy }) => busy === 2)
  expect((await swarm.ask(['drain', '--api', node.url])).exitCode).toBe(0)
  await whenNode(node.url, 'to hand back what it does not encode', ({ inHand }) => inHand === 2)
  await writeFile(go, '')
  await whenNode(node.url, 'to be drained', ({ draining, inHand }) => draining && inHand === 0)
  expect([await encodedAt(node.url), (await getProject(node.url, id))?.scenes.done]).toEqual([2, 2])

  const other = await swarm.startNode({ name: 'other', workers: 1, bootstrap: node.address })
  await whenProject(node.url, id, 'completed', ({ state }) => state === 'completed')
  expect([await encodedAt(node.url), await encodedAt(other.url)]).toEqual([2, 2])
})

// In the gate `submit-at.test.ts` sends a film, and `uploads.test.ts` of `test/integration/node` says what goes with its project.
testAtNight('a film that was sent from a browser is encoded to the end, and goes with its project', async () => {
  const clip = await fourScenes()
  const film = await readFile(clip.path)
  const node = await swarm.startNode({ name: 'owner', workers: 2 })
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(film, {
      endpoint: `${node.url}/api/v2/uploads`,
      metadata: { filename: '../film.mkv' },
      chunkSize: 100_000,
      onSuccess: () => resolve(),
      onError: reject
    })
    upload.start()
  })
  const [upload] = await ask<UploadStatus[]>(node.url, '/uploads')
  expect(upload).toMatchObject({
    name: 'film.mkv',
    bytes: film.byteLength,
    input: expect.stringMatching(/^upload:/) as string
  })
  const headers = { 'content-type': 'application/json' }
  // Without the token, as from a page of this node.
  const submitted = await fetch(`${node.url}/api/v2/projects`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input: upload?.input, encoder: 'aom', encoderParams: AOM_PARAMS, output: 'made.mkv' })
  })
  expect(submitted.status).toBe(201)
  const { projectId } = (await submitted.json()) as { projectId: string }
  const { outputPath, title } = await whenProject(
    node.url,
    projectId,
    'completed',
    ({ state }) => state === 'completed'
  )
  const folder = join(node.dataDir, 'uploads', upload?.id ?? '')
  expect([outputPath, title]).toEqual([join(folder, 'made.mkv'), 'film.mkv'])
  expect(await ask(node.url, `/uploads/${upload?.id}`)).toMatchObject({ used: true })
  const hash = sha256(outputPath ?? '')
  expect((await fetch(`${node.url}/api/v2/projects/${projectId}`, { method: 'DELETE' })).status).toBe(204)
  await eventually('the upload to go', async () =>
    (await ask<UploadStatus[]>(node.url, '/uploads')).length === 0 ? true : undefined
  )
  expect((await readdir(folder)).toSorted()).toEqual(['made.mkv', 'made.mkv.grav1.json'])
  expect(sha256(outputPath ?? '')).toBe(hash)
})
