import { cp, mkdir, open, readdir, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createOwnStore } from '../../src/storage/index.ts'
import { openRecord } from '../../src/swarm/log/open-record.ts'
import { slowSvt } from '../fixtures/scene-encoders.ts'
import { rowsOf, testAtNight } from '../nightly.ts'
import { manyScenes } from './clips.ts'
import {
  eventually,
  getProject,
  sha256,
  SVT_PARAMS,
  TestSwarm,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'
import { stored } from './stored-log.ts'
import type { Clip } from '../../scripts/clip.ts'
import type { LogRecord } from '../../src/swarm/protocol/index.ts'

const ARGS = ['--encoder', 'svt', '--params', SVT_PARAMS] as const

/** Six of them last longer than a node takes to start. */
const SCENE_SECONDS = 2

let clip: Clip
let alone: TestSwarm
let swarm: TestSwarm
let reference: string

beforeAll(async () => {
  clip = await manyScenes()
  alone = await TestSwarm.create()
  const output = join(alone.folder, 'alone.mkv')
  const quiet = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const { exitCode, stderr } = await alone.run(['submit', clip.path, ...ARGS, '--output', output, ...quiet])
  expect(exitCode, stderr).toBe(0)
  reference = sha256(output)
})

afterAll(async () => {
  await alone.stop()
})

afterEach(async () => {
  await swarm.stop()
})

interface Started {
  readonly owner: SpawnedNode
  readonly worker: SpawnedNode
  readonly id: string
  readonly output: string
}

/** An owner that only owns, a worker that looks for it, and a project of six scenes. */
async function startPair(): Promise<Started> {
  swarm = await TestSwarm.create()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const env = { PATH: await slowSvt(join(swarm.folder, 'bin'), SCENE_SECONDS) }
  const worker = await swarm.startNode({ name: 'worker', workers: 1, bootstrap: owner.address, env })
  await whenConnected(owner.url, 1)
  const output = join(swarm.folder, 'out.mkv')
  return { owner, worker, output, id: await swarm.submit(owner, clip.path, [...ARGS, '--output', output]) }
}

/** The same node on the port that it had at first, as a restarted service has. */
async function again(node: SpawnedNode): Promise<SpawnedNode> {
  const port = /tcp\/(\d+)/.exec(node.address)?.[1] ?? '0'
  const args = ['--listen', `/ip4/127.0.0.1/tcp/${port}`]
  return swarm.startNode({ name: node.name, workers: 0, dataDir: node.dataDir, args })
}

async function whenDone(node: SpawnedNode, id: string, scenes: number): Promise<void> {
  await whenProject(node.url, id, `to have ${scenes} scenes done`, (project) => project.scenes.done >= scenes)
}

async function whenComplete(node: SpawnedNode, id: string): Promise<void> {
  await whenProject(node.url, id, 'to be complete', ({ state }) => state === 'completed')
}

async function journal(dataDir: string, id: string): Promise<string[]> {
  const own = await createOwnStore(join(dataDir, 'own'))
  try {
    return await Promise.all((await own.records(id)).map(async (one) => (await openRecord(one)).signed.hash))
  } finally {
    await own.close()
  }
}

/** Owner and worker end with one log and no fork; nothing is missing in the owner's journal. */
async function expectOneHistory({ owner, worker, id }: Started): Promise<LogRecord[]> {
  await whenProject(worker.url, id, 'to be complete at the worker', ({ state }) => state === 'completed')
  await Promise.all([owner.kill(), worker.kill()])
  const [mine, theirs] = await Promise.all([stored(owner.dataDir, id), stored(worker.dataDir, id)])
  expect(theirs.hashes).toEqual(mine.hashes)
  expect([mine.proofs, theirs.proofs]).toEqual([0, 0])
  expect(await journal(owner.dataDir, id)).toEqual(mine.hashes)
  return mine.log
}

type Damage = (db: string) => Promise<void>

async function files(db: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(db)).filter((name) => pattern.test(name)).map((name) => join(db, name))
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  'CURRENT deleted': async (db) => rm(join(db, 'CURRENT')),
  'MANIFEST cut': async (db) => {
    for (const file of await files(db, /^MANIFEST/)) await truncate(file, 10)
  },
  'a byte of the log flipped': async (db) => {
    for (const file of await files(db, /\.log$/)) {
      const handle = await open(file, 'r+')
      try {
        const { size } = await handle.stat()
        const at = Math.floor(size / 3)
        const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
        if (size > 0) await handle.write(Buffer.of((buffer[0] ?? 0) ^ 0xff), 0, 1, at)
      } finally {
        await handle.close()
      }
    }
  },
  'everything deleted': async (db) => rm(db, { recursive: true })
}

/** Each of them damages a database in `test/integration/storage/damage.test.ts`. */
const AT_NIGHT = new Set(['CURRENT deleted', 'MANIFEST cut'])

test('an owner whose database is damaged or lost, again and again, goes on and makes the same file', async () => {
  const pair = await startPair()
  let { owner } = pair
  let done = 0
  for (const [what, damage] of rowsOf(DAMAGES, AT_NIGHT)) {
    done += 1
    await whenDone(owner, pair.id, done)
    await owner.kill()
    await damage(join(owner.dataDir, 'db'))
    owner = await again(pair.owner)
    const project = await getProject(owner.url, pair.id)
    expect(project?.scenes.done, what).toBeGreaterThanOrEqual(done)
  }
  await whenComplete(owner, pair.id)
  expect(sha256(pair.output)).toBe(reference)
  await expectOneHistory({ ...pair, owner })
})

test('an owner that is killed while it joins only joins again, and leaves nothing beside the output', async () => {
  swarm = await TestSwarm.create()
  const place = join(swarm.folder, 'films')
  await mkdir(place)
  const output = join(place, 'out.mkv')
  const first = await swarm.startNode({ name: 'owner', workers: 2 })
  const id = await swarm.submit(first, clip.path, [...ARGS, '--output', output])
  const isFilm = (name: string) => /^\.out\.\w+\.part\.mkv$/.test(name)
  await eventually('it to join', async () => ((await readdir(place)).some(isFilm) ? true : undefined))
  await first.kill()
  // The film and its manifest, both hidden.
  const left = await readdir(place)
  expect([left.some(isFilm), left.filter((name) => !/^\.out\..*\.part\.(mkv|json)$/.test(name))]).toEqual([true, []])
  const before = await stored(first.dataDir, id)
  expect(before.log.filter(({ body }) => body.type === 'accept')).toHaveLength(clip.cuts.length + 1)
  // Without a worker nothing could be encoded.
  const again = await swarm.startNode({ name: 'owner', workers: 0, dataDir: first.dataDir })
  await whenComplete(again, id)
  expect((await readdir(place)).toSorted()).toEqual(['out.mkv', 'out.mkv.grav1.json'])
  expect(sha256(output)).toBe(reference)
  await again.kill()
  const after = await stored(first.dataDir, id)
  expect(after.log.slice(before.log.length).map(({ body }) => body.type)).toEqual(['end'])
})

/** Copies the data of a node at work, which stands still meanwhile: files come and go in it. */
async function copyData(node: SpawnedNode, to: string): Promise<void> {
  node.signal('SIGSTOP')
  try {
    await cp(node.dataDir, to, { recursive: true })
  } finally {
    node.signal('SIGCONT')
  }
}

/** The owner stops with three scenes done, and its data is put back to when it had one. */
async function putBack(pair: Started): Promise<void> {
  const { owner, id } = pair
  const copy = join(swarm.folder, 'copy')
  await whenDone(owner, id, 1)
  await copyData(owner, copy)
  await whenDone(owner, id, 3)
  await owner.kill()
  await rm(owner.dataDir, { recursive: true })
  await rename(copy, owner.dataDir)
}

/** One history in rising epochs, and the file of a single machine. */
async function expectGoneOn(pair: Started): Promise<void> {
  await whenComplete(pair.owner, pair.id)
  expect(sha256(pair.output)).toBe(reference)
  const log = await expectOneHistory(pair)
  const epochs = log.map(({ epoch }) => epoch)
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
  expect(epochs.at(-1)).toBeGreaterThan(epochs[0] ?? 0)
}

// In the gate the owner hears of it later, below; the simulator puts disks back too.
testAtNight(
  'an owner that is put back to an old copy of its data brings back what it lacks before it writes',
  async () => {
    const pair = await startPair()
    await putBack(pair)
    await expectGoneOn({ ...pair, owner: await again(pair.owner) })
  }
)

// In the gate `reign.test.ts`, and the simulator's old backups.
testAtNight('an owner that hears what it lacks only after it went on goes on from there by itself', async () => {
  const pair = await startPair()
  await putBack(pair)
  pair.worker.signal('SIGSTOP')
  const owner = await again(pair.owner)
  await eventually('the owner to go on', async () =>
    owner.output().includes('resuming own projects') ? true : undefined
  )
  pair.worker.signal('SIGCONT')
  await expectGoneOn({ ...pair, owner })
})

test('of two nodes with one identity the older one stops by itself', async () => {
  const pair = await startPair()
  const copy = join(swarm.folder, 'node-copy')
  await whenDone(pair.owner, pair.id, 1)
  await copyData(pair.owner, copy)
  const owner = await swarm.startNode({ name: 'copy', workers: 0, dataDir: copy, bootstrap: pair.worker.address })
  await eventually('the older one to stop', async () =>
    pair.owner.output().includes('leaves the swarm') ? true : undefined
  )
  await whenComplete(owner, pair.id)
  expect(sha256(pair.output)).toBe(reference)
  const seen = await getProject(pair.owner.url, pair.id)
  expect(seen?.state).not.toBe('completed')
  await pair.owner.kill()
  await expectOneHistory({ ...pair, owner })
})
