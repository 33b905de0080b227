import { appendFile, chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { testAtNight, withNight } from '../nightly.ts'
import { smallDisk, whyNoSmallDisk } from '../fixtures/small-disk.ts'
import { tinyClip } from './clips.ts'
import {
  eventually,
  getProject,
  getStatus,
  sha256,
  SVT_PARAMS,
  TestSwarm,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'
import type { ProjectStatus } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm
let node: SpawnedNode
/** Of a test. */
let folder: string
/** A copy of the clip that a test may harm. */
let source: string
/** sha-256 of the file that is made when nothing goes wrong. */
let expected: string
let count = 0

// One node for all: each test leaves it without projects.
beforeAll(async () => {
  swarm = await TestSwarm.create()
  node = await swarm.startNode({ name: 'one', workers: 2 })
  await newFolder()
  const output = join(folder, 'expected.mkv')
  await until(await submit(output), 'completed')
  expected = sha256(output)
  await removeAll()
})

beforeEach(newFolder)

afterEach(async () => {
  await removeAll()
  await paused(false)
})

afterAll(async () => {
  await swarm.stop()
})

async function newFolder(): Promise<void> {
  folder = join(swarm.folder, `test-${(count += 1)}`)
  await mkdir(folder)
  source = join(folder, 'film.mkv')
  await copyFile((await tinyClip()).path, source)
}

async function removeAll(): Promise<void> {
  const { projects } = await getStatus(node.url)
  for (const { projectId } of projects) await fetch(`${node.url}/api/v2/projects/${projectId}`, { method: 'DELETE' })
}

const submit = async (output: string): Promise<string> =>
  swarm.submit(node, source, ['--encoder', 'svt', '--params', SVT_PARAMS, '--output', output])

const until = async (id: string, state: ProjectStatus['state']): Promise<ProjectStatus> =>
  whenProject(node.url, id, `to be ${state}`, (project) => project.state === state)

const command = async (...args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await swarm.ask([...args, '--data-dir', node.dataDir])
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return stdout
}

/** What `grav1 pause` and `grav1 resume` ask for. */
async function paused(yes: boolean): Promise<void> {
  const body = JSON.stringify({ paused: yes })
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${node.url}/api/v2/node`, { method: 'PATCH', headers, body })).status).toBe(200)
}

/** Submits with nobody to encode, so that the test can come before the end. */
async function submitPaused(output: string): Promise<string> {
  await paused(true)
  const id = await submit(output)
  await whenProject(node.url, id, 'to be planned', ({ planned }) => planned)
  return id
}

test('a folder that goes away and comes back: the project waits, says so, and goes on by itself', async () => {
  const nas = join(folder, 'nas')
  const away = join(folder, 'away')
  await mkdir(nas)
  const id = await submitPaused(join(nas, 'out.mkv'))
  await rename(nas, away)
  await paused(false)
  const waiting = await until(id, 'waiting')
  expect(waiting.reason).toContain('cannot be written: ENOENT')
  expect(waiting.reason).toContain(`grav1 output ${id} <file>`)
  expect(waiting.scenes.done).toBe(waiting.scenes.total)
  await rename(away, nas)
  await until(id, 'completed')
  expect((await readdir(nas)).toSorted()).toEqual(['out.mkv', 'out.mkv.grav1.json'])
  // What the swarm had for it before is used: the same submission again encodes nothing.
  expect(sha256(join(nas, 'out.mkv'))).toBe(expected)
  await paused(true)
  const again = join(folder, 'again.mkv')
  await until(await submit(again), 'completed')
  expect(sha256(again)).toBe(expected)
})

test('a name that is taken, or cannot be: another one is given, over a restart too', async () => {
  const output = join(folder, 'taken.mkv')
  const id = await submitPaused(output)
  await writeFile(output, 'of somebody')
  await paused(false)
  expect((await until(id, 'waiting')).reason).toContain('already exists')
  node.signal('SIGTERM')
  await node.exited
  node = await swarm.startNode({ name: 'one', workers: 2, dataDir: node.dataDir })
  await until(id, 'waiting')
  const elsewhere = join(folder, 'elsewhere.mkv')
  expect(await command('output', id, elsewhere)).toContain(elsewhere)
  expect((await until(id, 'completed')).outputPath).toBe(elsewhere)
  expect(await readFile(output, 'utf8')).toBe('of somebody')
})

// In the gate a long name is tried in `trial-join.test.ts`.
testAtNight('the longest name that a disk takes is made, hidden twin and all', async () => {
  const output = join(folder, `${'n'.repeat(251)}.mkv`)
  await until(await submit(output), 'completed')
  expect(sha256(output)).toBe(expected)
})

// In the gate a disk fills up during the join, which finds no room either.
testAtNight('a disk of the output that is full waits for room, while the node is well', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(8 * 2 ** 20)
  const id = await submitPaused(join(disk.folder, 'out.mkv'))
  await disk.fill(20_000)
  await paused(false)
  const waiting = await until(id, 'waiting')
  expect(waiting.reason).toMatch(/B free|No space left/)
  await disk.free()
  await until(id, 'completed')
  expect((await readdir(disk.folder)).toSorted()).toEqual(['out.mkv', 'out.mkv.grav1.json'])
  expect(sha256(join(disk.folder, 'out.mkv'))).toBe(expected)
})

test('a disk that fills up while the film is joined: nothing half-made stays, and it ends by itself', async ({
  skip
}) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(8 * 2 ** 20)
  const nas = join(disk.folder, 'nas')
  await mkdir(nas)
  const id = await submitPaused(join(nas, 'out.mkv'))
  await rename(nas, join(disk.folder, 'away'))
  await paused(false)
  // All is encoded: enough room for the video alone, so that it begins.
  const { bytes } = await until(id, 'waiting')
  await disk.fill(bytes + 8192)
  await rename(join(disk.folder, 'away'), nas)
  await whenProject(node.url, id, 'to find no room', ({ reason }) => /No space left|ENOSPC|B free|muxer/i.test(reason))
  expect(await readdir(nas)).toEqual([])
  await disk.free()
  await until(id, 'completed')
  expect((await readdir(nas)).toSorted()).toEqual(['out.mkv', 'out.mkv.grav1.json'])
  expect(sha256(join(nas, 'out.mkv'))).toBe(expected)
})

// In the gate a folder is away, or the disk of it is not mounted.
testAtNight('a disk that becomes read-only, and can be written again', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(64 * 2 ** 20)
  const id = await submitPaused(join(disk.folder, 'out.mkv'))
  await disk.readOnly(true)
  await paused(false)
  expect((await until(id, 'waiting')).reason).toContain('EROFS')
  await disk.readOnly(false)
  await until(id, 'completed')
  expect((await readdir(disk.folder)).toSorted()).toEqual(['out.mkv', 'out.mkv.grav1.json'])
  expect(sha256(join(disk.folder, 'out.mkv'))).toBe(expected)
})

test('a disk that is unmounted leaves its folder: nothing is written below it, and all ends well when it is mounted again', async ({
  skip
}) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(64 * 2 ** 20)
  const id = await submitPaused(join(disk.folder, 'out.mkv'))
  await disk.unmount()
  await paused(false)
  expect((await until(id, 'waiting')).reason).toContain(
    `the disk that was mounted at ${disk.folder} when the film was submitted is not mounted`
  )
  expect(await readdir(disk.folder)).toEqual([])
  await disk.mount()
  await until(id, 'completed')
  expect(sha256(join(disk.folder, 'out.mkv'))).toBe(expected)
})

// In the gate a film waits over a restart above.
testAtNight('a folder that comes back while the node is down: it ends by itself after the start', async () => {
  const nas = join(folder, 'nas')
  await mkdir(nas)
  const id = await submitPaused(join(nas, 'out.mkv'))
  await rename(nas, join(folder, 'away'))
  await paused(false)
  const before = await until(id, 'waiting')
  await node.kill()
  await rename(join(folder, 'away'), nas)
  // Nobody encodes: what was encoded is all that it needs.
  node = await swarm.startNode({ name: 'one', workers: 0, dataDir: node.dataDir })
  const after = await until(id, 'completed')
  expect(after.scenes.done).toBe(before.scenes.total)
  expect(sha256(join(nas, 'out.mkv'))).toBe(expected)
  await command('workers', '2')
})

test('at another node it is seen why, tried again, and written elsewhere by a command', async () => {
  const other = await swarm.startNode({ name: 'other', workers: 0, bootstrap: node.address })
  await whenConnected(node.url, 1)
  const nas = join(folder, 'nas')
  await mkdir(nas)
  const id = await submitPaused(join(nas, 'out.mkv'))
  await rename(nas, join(folder, 'away'))
  await paused(false)
  await until(id, 'waiting')
  const { reason } = await whenProject(other.url, id, 'to wait there too', ({ state }) => state === 'waiting')
  expect(reason).toContain('the output folder is missing at its owner')
  expect(reason).not.toContain(swarm.folder)
  // To be on the same network is not enough.
  for (const args of [
    ['retry', id],
    ['output', id, 'else.mkv']
  ]) {
    const { exitCode, stderr } = await swarm.ask([...args, '--data-dir', other.dataDir])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(`grav1 peers trust ${other.peerId}`)
  }
  await rename(join(folder, 'away'), nas)
  await until(id, 'completed')
  await other.kill()
})

test.for(withNight(['gone'], ['replaced', 'cut short', 'grown']))(
  'a source that is %s by the end is waited for, and never mixed in',
  async (what) => {
    const output = join(folder, 'out.mkv')
    const kept = join(folder, 'kept.mkv')
    await copyFile(source, kept)
    const id = await submitPaused(output)
    if (what === 'gone') await rm(source)
    if (what === 'replaced') await writeFile(source, Buffer.alloc((await readFile(kept)).byteLength, 7))
    if (what === 'cut short') await writeFile(source, (await readFile(kept)).subarray(0, 50_000))
    if (what === 'grown') await appendFile(source, 'more')
    await paused(false)
    const waiting = await until(id, 'waiting')
    expect(waiting.reason).toContain(source)
    await rm(source, { force: true })
    await rename(kept, source)
    await until(id, 'completed')
    expect(sha256(output)).toBe(expected)
  }
)

test('a byte that flips in accepted scenes while the node runs is made good before the end', async () => {
  const nas = join(folder, 'nas')
  await mkdir(nas)
  const id = await submitPaused(join(nas, 'out.mkv'))
  await rename(nas, join(folder, 'away'))
  await paused(false)
  await until(id, 'waiting')
  const blobs = await blobFiles(node.dataDir)
  expect(blobs.length).toBeGreaterThan(1)
  for (const [index, file] of blobs.entries()) {
    if (index % 2 === 1) continue
    await flip(file)
  }
  await rm(blobs[1]!)
  await rename(join(folder, 'away'), nas)
  await until(id, 'completed')
  expect(node.output()).toContain('an accepted scene is lost or damaged')
  expect(sha256(join(nas, 'out.mkv'))).toBe(expected)
})

test('a source piece that is damaged while the node runs is cut again, and nothing fails', async () => {
  const output = join(folder, 'out.mkv')
  const id = await submitPaused(output)
  for (const file of await blobFiles(node.dataDir)) await flip(file)
  await paused(false)
  const { failures } = await until(id, 'completed')
  expect(failures).toEqual([])
  expect(sha256(output)).toBe(expected)
})

test('two owners of the same film, who work for each other, both get it', async () => {
  const other = await swarm.startNode({ name: 'two', workers: 2, bootstrap: node.address })
  await whenConnected(node.url, 1)
  const outputs = [join(folder, 'one.mkv'), join(folder, 'two.mkv')] as const
  const args = ['--encoder', 'svt', '--params', SVT_PARAMS, '--output']
  const [one, two] = await Promise.all([
    swarm.submit(node, source, [...args, outputs[0]]),
    swarm.submit(other, source, [...args, outputs[1]])
  ])
  await until(one, 'completed')
  await whenProject(other.url, two, 'to be complete', ({ state }) => state === 'completed')
  expect(outputs.map((output) => sha256(output))).toEqual([expected, expected])
  await other.kill()
})

// In the gate `own-blobs.test.ts` keeps what a cancelled project had encoded, and `queue.test.ts` uses what another film had.
testAtNight('what a cancelled project had encoded is used by the same submission again', async () => {
  const first = await submit(join(folder, 'first.mkv'))
  await whenProject(node.url, first, 'to have a scene done', ({ scenes }) => scenes.done >= 1)
  expect((await fetch(`${node.url}/api/v2/projects/${first}/cancel`, { method: 'POST' })).status).toBe(200)
  const had = (await getProject(node.url, first))?.scenes.done ?? 0
  await paused(true)
  const output = join(folder, 'second.mkv')
  const second = await submit(output)
  await whenProject(node.url, second, 'to be planned', ({ planned }) => planned)
  await eventually('its scenes', async () =>
    ((await getProject(node.url, second))?.scenes.done ?? 0) >= had ? true : undefined
  )
  await paused(false)
  await until(second, 'completed')
  expect(sha256(output)).toBe(expected)
})

async function flip(file: string): Promise<void> {
  const data = await readFile(file)
  const at = data.byteLength >> 1
  data[at] = (data[at] ?? 0) ^ 0x10
  await chmod(file, 0o600)
  await writeFile(file, data)
}

async function blobFiles(dataDir: string): Promise<string[]> {
  const root = join(dataDir, 'blobs')
  const parts = (await readdir(root)).filter((name) => name.length === 2)
  const files = await Promise.all(
    parts.map(async (part) => (await readdir(join(root, part))).map((name) => join(root, part, name)))
  )
  return files.flat()
}
