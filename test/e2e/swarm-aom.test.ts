import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { testAtNight } from '../nightly.ts'
import { shortClip } from './clips.ts'
import {
  AOM_PARAMS,
  eventually,
  getProject,
  sha256,
  TestSwarm,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'
import type { Clip } from '../../scripts/clip.ts'

let clip: Clip
let reference: { readonly swarm: TestSwarm; readonly sha256: string }
let swarm: TestSwarm

/** Workers make the picture: a part of it, smaller, with more bits. */
const PICTURE = ['--crop', '6,6,8,8', '--scale', '128x-2', '--depth', '10'] as const
const ARGS = ['--encoder', 'aom', '--params', AOM_PARAMS, ...PICTURE] as const

beforeAll(async () => {
  clip = await shortClip()
  const alone = await TestSwarm.create()
  const output = join(alone.folder, 'alone.mkv')
  const { exitCode, stderr } = await alone.run([
    'submit',
    clip.path,
    ...ARGS,
    '--output',
    output,
    '--workers',
    '2',
    '--no-mdns',
    '--listen',
    '/ip4/127.0.0.1/tcp/0'
  ])
  expect(exitCode, stderr).toBe(0)
  reference = { swarm: alone, sha256: sha256(output) }
})

afterAll(async () => {
  await reference.swarm.stop()
})

afterEach(async () => {
  await swarm.stop()
})

async function startThree(): Promise<[SpawnedNode, SpawnedNode, SpawnedNode]> {
  swarm = await TestSwarm.create()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async (name) => swarm.startNode({ name, workers: 1, bootstrap: owner.address }))
  )
  await whenConnected(owner.url, 2)
  return [owner, one as SpawnedNode, two as SpawnedNode]
}

/** Waits until one of two workers encodes a scene of a project: either may be the first to have its probe. @returns that one, and the other */
async function whenEncoding(
  owner: SpawnedNode,
  id: string,
  workers: readonly [SpawnedNode, SpawnedNode]
): Promise<readonly [SpawnedNode, SpawnedNode]> {
  const { running } = await whenProject(owner.url, id, 'to be encoded by a worker', (project) =>
    project.running.some(({ frames }) => frames > 0)
  )
  const [one, two] = workers
  return running.some(({ worker, frames }) => worker === one.peerId && frames > 0) ? [one, two] : [two, one]
}

test('three nodes make the file that one machine makes, and every node shows it', async () => {
  const [owner, one, two] = await startThree()
  const output = join(swarm.folder, 'out.mkv')
  const { exitCode, stdout, stderr } = await swarm.run([
    'submit',
    clip.path,
    ...ARGS,
    '--output',
    output,
    '--data-dir',
    owner.dataDir
  ])
  expect(exitCode, stderr).toBe(0)
  expect(stdout.trim().split('\n').at(-1)).toBe(output)
  expect(sha256(output)).toBe(reference.sha256)

  const { items } = (await (await fetch(`${owner.url}/api/v2/projects`)).json()) as {
    items: { projectId: string; workers: Record<string, number> }[]
  }
  const [project] = items
  // One may have done all before the other had its probe.
  const workers = Object.keys(project?.workers ?? {})
  expect(workers.length).toBeGreaterThan(0)
  expect([one.peerId, two.peerId]).toEqual(expect.arrayContaining(workers))
  const id = project?.projectId ?? ''

  const seen = await whenProject(two.url, id, 'to be complete at a worker', ({ state }) => state === 'completed')
  expect(seen).toMatchObject({ frames: clip.frames, totalFrames: clip.frames, own: false, outputPath: null })
  const documented = (await (await fetch(`${one.url}/api/get_projects`)).json()) as {
    scenes: Record<string, { frames: number; filesize: number }>
  }[]
  const scenes = Object.entries(documented[0]?.scenes ?? {})
  expect(scenes[0]?.[0]).toBe('00001')
  expect(scenes.map(([, scene]) => scene.frames)).toEqual([40, 50, 30, 40])

  // A scene that the worker never had comes from the owner.
  const ivf = await fetch(`${one.url}/scene/${id}/00001.ivf`)
  expect((await ivf.arrayBuffer()).byteLength).toBe(scenes[0]?.[1].filesize)
  const webm = await fetch(`${two.url}/scene/${id}/1`)
  expect(webm.headers.get('content-type')).toBe('video/webm')
  expect(
    Buffer.from(await webm.arrayBuffer())
      .subarray(0, 4)
      .toString('hex')
  ).toBe('1a45dfa3')
  const mp4 = await fetch(`${two.url}/scene/${id}/1.mp4`, { headers: { range: 'bytes=4-11' } })
  expect([mp4.status, mp4.headers.get('content-type')]).toEqual([206, 'video/mp4'])
  expect(await mp4.text()).toBe('ftypisom')

  // From its own database, with the others gone.
  await Promise.all([owner.kill(), one.kill(), two.kill()])
  const again = await swarm.startNode({ name: 'two', workers: 0, dataDir: two.dataDir })
  expect(await getProject(again.url, id)).toMatchObject({ state: 'completed', frames: clip.frames })
})

test('the file keeps sound, subtitles, chapters and attachments of the source', async () => {
  const show = async (path: string): Promise<unknown> => {
    const { stdout } = await execa('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_type:chapter=start_time,end_time',
      '-of',
      'json',
      path
    ])
    const { streams, chapters } = JSON.parse(stdout) as { streams: { codec_type: string }[]; chapters: object[] }
    return { types: streams.map((stream) => stream.codec_type).toSorted(), chapters }
  }
  swarm = await TestSwarm.create()
  expect(await show(join(reference.swarm.folder, 'alone.mkv'))).toEqual(await show(clip.path))
})

// In the gate `scripts/demo.ts` kills a worker within a scene, on Debian 13, and compares the bytes; `TestSwarm.stop` kills nodes of every test, and waits for their encoders to be gone.
testAtNight('a worker that is killed in the middle of a scene costs only that scene', async () => {
  const [owner, ...workers] = await startThree()
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  const [one] = await whenEncoding(owner, id, workers)
  await one.kill()
  await eventually('its encoder to be gone with it', async () => {
    const left = (await swarm.leftovers()).filter((line) => line.includes('aomenc') && line.includes(one.dataDir))
    return left.length === 0 ? true : undefined
  })
  const project = await whenProject(owner.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(project.failures).toEqual([])
  expect(sha256(output)).toBe(reference.sha256)
})

// In the gate `recovery.test.ts` kills an owner twice and damages its database, and `alone.test.ts` kills one while it cuts.
testAtNight('an owner that is killed goes on where it was', async () => {
  const [owner, one, two] = await startThree()
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  await whenProject(owner.url, id, 'to have scenes done', ({ scenes }) => scenes.done >= 2)
  await owner.kill()
  // The same port, as a restarted service has: its workers find it by themselves.
  const port = /tcp\/(\d+)/.exec(owner.address)?.[1] ?? '0'
  const listen = ['--listen', `/ip4/127.0.0.1/tcp/${port}`]
  const again = await swarm.startNode({ name: 'owner', workers: 0, dataDir: owner.dataDir, args: listen })
  const kept = await acceptedScenes(again, id)
  expect(kept.length).toBeGreaterThanOrEqual(2)
  await whenProject(again.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(reference.sha256)
  const encoded = scenesEncoded(one).concat(scenesEncoded(two))
  for (const scene of kept) expect(encoded.filter((other) => other === scene)).toHaveLength(1)
})

// In the gate a late twin helps in `builds.test.ts`, and a node that did nothing knows everything above.
testAtNight('a node that joins late helps and knows everything', async () => {
  swarm = await TestSwarm.create()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  await whenProject(owner.url, id, 'to be analysed', ({ planned }) => planned)
  const late = await swarm.startNode({ name: 'late', workers: 2, bootstrap: owner.address })
  await whenProject(late.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(reference.sha256)
  const watcher = await swarm.startNode({ name: 'watcher', workers: 0, bootstrap: late.address })
  const seen = await whenProject(watcher.url, id, 'to be known', ({ state }) => state === 'completed')
  expect(seen.workers).toEqual({ [late.peerId]: 4 })
})

// In the gate the owner is killed above, and scenes are damaged in `waiting.test.ts`.
testAtNight('scene files that a crash left half written are made again', async () => {
  swarm = await TestSwarm.create()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  await swarm.startNode({ name: 'one', workers: 1, bootstrap: owner.address })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  await whenProject(owner.url, id, 'to have scenes done', ({ scenes }) => scenes.done >= 2)
  await owner.kill()
  const { stdout } = await execa('find', [join(owner.dataDir, 'blobs'), '-type', 'f'])
  for (const file of stdout.split('\n').filter((line) => line !== '')) await execa('truncate', ['-s', '100', file])
  await rm(join(owner.dataDir, 'epoch'))
  const port = /tcp\/(\d+)/.exec(owner.address)?.[1] ?? '0'
  const again = await swarm.startNode({
    name: 'owner',
    workers: 0,
    dataDir: owner.dataDir,
    args: ['--listen', `/ip4/127.0.0.1/tcp/${port}`]
  })
  await whenProject(again.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(reference.sha256)
})

test('the first interrupt finishes the scene in hand and leaves cleanly', async () => {
  const [owner, one, two] = await startThree()
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  const [first, second] = await whenEncoding(owner, id, [one, two])
  first.signal('SIGINT')
  expect(await first.exited).toBe(0)
  const project = await whenProject(
    owner.url,
    id,
    'to have its delivered scene',
    ({ workers }) => (workers[first.peerId] ?? 0) >= 1
  )
  expect(project.running.every(({ worker }) => worker !== first.peerId)).toBe(true)
  second.signal('SIGTERM')
  await second.exited
  // The owner goes on, and may be proving a result.
  const left = (await swarm.leftovers()).filter((line) => !line.includes(owner.dataDir))
  expect(left.filter((line) => /ffmpeg|aomenc/.test(line))).toEqual([])
  await eventually('leases to be handed back', async () =>
    (await getProject(owner.url, id))?.running.length === 0 ? true : undefined
  )
})

/** Indexes of the scenes that a node has encoded so far, in order. */
function scenesEncoded(node: SpawnedNode): number[] {
  const lines = node
    .output()
    .split('\n')
    .filter((line) => line.includes('scene encoded'))
  return lines.map((line) => (JSON.parse(line) as { scene: number }).scene - 1)
}

async function acceptedScenes(node: SpawnedNode, id: string): Promise<number[]> {
  const project = (await (await fetch(`${node.url}/api/get_project/${id}`)).json()) as {
    scenes: Record<string, { filesize: number }>
  }
  return Object.entries(project.scenes).flatMap(([key, { filesize }]) => (filesize > 0 ? [Number(key) - 1] : []))
}
