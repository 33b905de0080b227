import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { manyScenes } from './clips.ts'
import { eventually, sha256, TestSwarm, whenConnected, whenProject, type SpawnedNode } from './harness.ts'
import { forScenes } from '../fixtures/scene-encoders.ts'
import { testAtNight } from '../nightly.ts'
import type { Clip } from '../../scripts/clip.ts'
import type { NodeStatus } from '../../src/api/schemas/index.ts'

const ARGS = ['--encoder', 'aom', '--params', '--cpu-used=8 --end-usage=q --cq-level=40'] as const
/** A process that stood still for longer was asleep. */
const STOPPED_MS = 11_000

let clip: Clip
let swarm: TestSwarm
let reference: string

beforeAll(async () => {
  clip = await manyScenes()
  swarm = await TestSwarm.create()
  const output = join(swarm.folder, 'alone.mkv')
  const quiet = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const { exitCode, stderr } = await swarm.run(['submit', clip.path, ...ARGS, '--output', output, ...quiet])
  expect(exitCode, stderr).toBe(0)
  reference = sha256(output)
})

afterAll(async () => {
  await swarm.stop()
})

const nodeOf = async ({ url }: SpawnedNode): Promise<NodeStatus> =>
  (await (await fetch(`${url}/api/v2/node`)).json()) as NodeStatus

interface Kept {
  readonly scenes: number
  readonly results: number
}

/** What the worker has on its disk of scenes that it took ahead. */
async function kept({ dataDir }: SpawnedNode): Promise<Kept> {
  const folder = join(dataDir, 'ahead')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map(async (name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return { scenes: names.length, results: texts.filter((text) => text.includes('"result"')).length }
}

/** Waits for what the worker has on its disk. */
async function whenKept(worker: SpawnedNode, what: string, fits: (found: Kept) => boolean): Promise<void> {
  await eventually(what, async () => (fits(await kept(worker)) ? true : undefined))
}

async function attemptsOf({ url }: SpawnedNode, id: string): Promise<number[]> {
  const response = await fetch(`${url}/api/v2/projects/${id}/scenes`)
  return ((await response.json()) as { items: { attempts: number }[] }).items.map(({ attempts }) => attempts)
}

/** The owner hands its scenes out ahead. @returns how many go on without it */
async function goToSleep(owner: SpawnedNode): Promise<number> {
  const { exitCode, stdout, stderr } = await swarm.ask(['sleep', '--for', '2h', '--data-dir', owner.dataDir])
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
  const said = /You can close the lid: (\d+) scenes? continues? at 1 machine until \d\d:\d\d$/.exec(stdout)
  expect(said, stdout).not.toBeNull()
  return Number(said?.[1])
}

/** An aomenc that encodes one scene, and each other one only once a file is there. @returns a PATH that finds it first */
async function waitingAomenc(folder: string, go: string): Promise<string> {
  const first = join(folder, 'first')
  return forScenes(folder, 'aomenc', (real) => [
    `scene=$(echo "$*" | grep -o 'work/encode-[^/ ]*' | head -n 1)`,
    `[ -e "${first}" ] || echo "$scene" > "${first}"`,
    `[ "$(cat "${first}")" = "$scene" ] || while [ ! -e "${go}" ]; do sleep 0.1; done`,
    `exec ${real} "$@"`
  ])
}

/** A film of which all scenes but one are left when the owner goes to sleep, however slow the test is. */
async function startPair(name: string) {
  const owner = await swarm.startNode({ name: `laptop-${name}`, workers: 0 })
  const go = join(swarm.folder, `go-${name}`)
  const worker = await swarm.startNode({
    name: `nas-${name}`,
    workers: 1,
    bootstrap: owner.address,
    env: { PATH: await waitingAomenc(join(swarm.folder, `bin-${name}`), go) },
    // The encoder waits for a file that no sandbox would show it.
    args: ['--sandbox', 'off', '--trust', owner.peerId]
  })
  await whenConnected(owner.url, 1)
  const output = join(swarm.folder, `${name}.mkv`)
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  await whenProject(owner.url, id, 'to have a scene done', ({ scenes }) => scenes.done >= 1)
  expect(await goToSleep(owner)).toBeGreaterThan(0)
  await writeFile(go, '')
  return { owner, worker, output, id }
}

async function expectOnce(owner: SpawnedNode, worker: SpawnedNode, id: string, output: string): Promise<void> {
  await whenProject(owner.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(reference)
  expect(new Set(await attemptsOf(owner, id))).toEqual(new Set([1]))
  expect((await nodeOf(owner)).sleep).toBeUndefined()
  await whenKept(worker, 'nothing to be kept any more', ({ scenes }) => scenes === 0)
  await Promise.all([owner.kill(), worker.kill()])
}

test('a worker goes on while its owner is asleep, and each scene is encoded once', async () => {
  const { owner, worker, output, id } = await startPair('stopped')
  expect((await nodeOf(owner)).sleep?.machines).toMatchObject([{ peerId: worker.peerId, ready: true }])
  const { asleepUntilMs } = await eventually(
    'the worker to hear of it',
    async () => {
      const peers = (await (await fetch(`${worker.url}/api/v2/peers`)).json()) as NodeStatus[]
      return peers.find((peer) => peer.peerId === owner.peerId && peer.asleepUntilMs !== undefined)
    },
    60_000
  )
  expect(asleepUntilMs).toBeGreaterThan(Date.now() + 3_600_000)
  owner.signal('SIGSTOP')
  const stoppedMs = performance.now()
  await whenKept(
    worker,
    'all scenes to be encoded',
    ({ scenes, results }) => scenes > 0 && scenes === results && performance.now() - stoppedMs > STOPPED_MS
  )
  owner.signal('SIGCONT')
  await expectOnce(owner, worker, id, output)
})

// In the gate the simulator kills both (`test/sim/sleep.test.ts`), and the row above keeps results over the owner's absence.
testAtNight('both may be killed meanwhile: what was taken ahead is gone on with', async () => {
  const { owner, worker, output, id } = await startPair('killed')
  await owner.kill()
  await whenKept(worker, 'a scene to be encoded', ({ results }) => results > 0)
  await worker.kill()
  const port = (node: SpawnedNode): string => `/ip4/127.0.0.1/tcp/${/tcp\/(\d+)/.exec(node.address)?.[1] ?? '0'}`
  const back = { name: worker.name, workers: 1, dataDir: worker.dataDir, bootstrap: owner.address }
  const worker2 = await swarm.startNode({ ...back, listen: port(worker) })
  await whenKept(worker2, 'all scenes to be encoded', ({ scenes, results }) => scenes > 0 && scenes === results)
  const owner2 = await swarm.startNode({ name: owner.name, workers: 0, dataDir: owner.dataDir, listen: port(owner) })
  await expectOnce(owner2, worker2, id, output)
})
