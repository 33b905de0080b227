import { copyFile, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeClient } from '../../../src/node/cli/client.ts'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config } from '../../../src/node/config/types.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { runGrav1, withDaemon } from '../../fixtures/data-folder-node.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import type { ProjectStatus, SwarmStatus } from '../../../src/api/schemas/index.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config
let env: Record<string, string>
const ids = { film: '', growing: '' }

const withNode = async <Result>(task: (client: NodeClient) => Promise<Result>): Promise<Result> =>
  withDaemon(config, task)

/** Runs a command on the data folder. */
const grav1 = async (...argv: readonly string[]) => runGrav1(argv, { env, cwd: folder.path })

const json = async <Answer>(...argv: readonly string[]): Promise<Answer> => {
  const { code, out, err } = await grav1(...argv, '--json')
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Answer
}

const stateOf = async (id: string): Promise<string> => (await json<ProjectStatus>('show', id)).state

beforeAll(async () => {
  folder = await tempFolder()
  const empty = join(folder.path, 'empty.toml')
  await writeFile(empty, '')
  const dataDir = join(folder.path, 'data')
  env = { GRAV1_CONFIG: empty, GRAV1_DATA_DIR: dataDir, GRAV1_NAME: 'attic' }
  const flags = { dataDir, workers: '0', apiPort: '0', logLevel: 'silent' }
  const loaded = await loadConfig({ flags, env, cwd: folder.path })
  config = { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
  await warmUp(dataDir)
  const base = await makeBase(folder.path)
  const [film, growing] = ['film.mkv', 'growing.mkv'].map((name) => join(folder.path, name)) as [string, string]
  await copyFile(base, film)
  await copyFile(base, growing)
  // Whoever writes it has a clock that is ahead, so it is not complete, however slow this machine is.
  const ahead = new Date(Date.now() + 3_600_000)
  await utimes(growing, ahead, ahead)
  await withNode(async (client) => {
    const wish = { encoder: 'aom', encoderParams: '--cpu-used=8' } as const
    ids.growing = (await client.submit({ ...wish, input: growing, waitComplete: true })).projectId
    // Nor is what is missing.
    await rm(growing)
    ids.film = (await client.submit({ ...wish, input: film })).projectId
  })
})
afterAll(async () => {
  await keepWarm(config.dataDir)
  await folder.remove()
})

test('a folder that nothing is in is said so, and stays without', async () => {
  const nowhere = join(folder.path, 'nowhere')
  for (const argv of [['status'], ['projects'], ['cancel', 'x'], ['delete', 'x']]) {
    const { code, out, err } = await grav1(...argv, '--data-dir', nowhere)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`the data folder ${nowhere} holds nothing`)
  }
  expect(await readdir(folder.path)).not.toContain('nowhere')
})

test('status and projects show what the folder holds, and that no node runs', async () => {
  const { code, out } = await grav1('status')
  expect(code).toBe(0)
  expect(out).toMatch(/^no node runs here; this is what the data folder of attic 12D3/)
  for (const title of ['film.mkv', 'growing.mkv']) expect(out).toContain(title)
  expect(out).toContain('"grav1 node" resumes it')
  const status = await json<SwarmStatus>('status')
  expect(status.node).toMatchObject({ connected: false, name: 'attic', slots: 0 })
  expect(status.projects.map(({ projectId }) => projectId).toSorted()).toEqual(Object.values(ids).toSorted())
  const { items } = await json<{ items: ProjectStatus[] }>('projects', '--state', 'waiting')
  expect(items.map(({ title }) => title)).toEqual(['growing.mkv'])
  expect((await grav1('scenes', 'film.mkv')).code).toBe(0)
})

test('what needs a node is refused with a sentence', async () => {
  for (const argv of [['retry', 'film.mkv'], ['why', 'film.mkv', '1'], ['pause'], ['logs']]) {
    expect(await grav1(...argv)).toMatchObject({
      code: 1,
      err: `No node runs on the data folder ${config.dataDir}. Start one with "grav1 node", or name another with --api.`
    })
  }
})

test('the folder is locked while a node has it, also before that node answers', async () => {
  await withNode(async () => {
    await rm(join(config.dataDir, 'api.json'))
    const { code, err } = await grav1('status')
    expect([code, err]).toEqual([1, expect.stringMatching(/^another grav1 node uses/i)])
  })
})

test('a node and commands that come at one time wait for each other', async () => {
  const [one, two, started] = await Promise.all([
    grav1('status'),
    grav1('projects'),
    withNode(async (client) => (await client.status()).node.connected)
  ])
  expect([one.code, two.code, started]).toEqual([0, 0, true])
})

test('what is moved, cancelled and deleted offline is so when a node starts again', async () => {
  expect((await json<ProjectStatus>('priority', 'film.mkv', '-2.5')).priority).toBe(-2.5)
  const kept = { code: 2, err: expect.stringContaining('--yes') as string }
  expect(await grav1('delete', 'film.mkv')).toMatchObject(kept)
  expect(await grav1('cancel', 'growing')).toMatchObject({ code: 0, out: `cancelled ${ids.growing} (growing.mkv)` })
  expect(await stateOf(ids.growing)).toBe('cancelled')
  const epoch = async (): Promise<number> => Number(await readFile(join(config.dataDir, 'epoch'), 'utf8'))
  const offline = await epoch()
  await withNode(async (client) => {
    // Submissions that wait are shown once the node goes on.
    await eventually('all projects', async () => (await client.status()).projects.length === 2)
    expect(await client.project(ids.growing)).toMatchObject({ state: 'cancelled' })
    expect(await client.project(ids.film)).toMatchObject({ priority: -2.5, endedAtMs: null })
  })
  expect(await epoch()).toBeGreaterThan(offline)

  const id = ids.film
  expect(await grav1('cancel', id.slice(0, 10))).toMatchObject({ code: 0, out: `cancelled ${id} (film.mkv)` })
  expect(await grav1('cancel', 'film.mkv')).toMatchObject({ code: 1, err: 'The project has already ended.' })
  await withNode(async (client) => expect(await client.project(id)).toMatchObject({ state: 'cancelled' }))

  for (const one of Object.values(ids)) expect((await grav1('delete', one, '-y')).code).toBe(0)
  expect((await json<{ total: number }>('projects')).total).toBe(0)
  expect(await readdir(join(config.dataDir, 'own'))).toEqual([])
  await withNode(async (client) => expect((await client.status()).projects).toEqual([]))
  expect(await readdir(folder.path)).toContain('film.mkv')
})
