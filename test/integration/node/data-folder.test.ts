import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../../src/node/cli/client.ts'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config } from '../../../src/node/config/types.ts'
import { createDaemon } from '../../../src/node/daemon.ts'
import { main } from '../../../src/node/main.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { fakeIo } from '../../unit/node/cli/fixtures.ts'
import type { ProjectStatus, SwarmStatus } from '../../../src/api/schemas/index.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config
let env: Record<string, string>
const ids = { first: '', second: '', growing: '' }

async function withNode<Result>(task: (client: ReturnType<typeof createClient>) => Promise<Result>): Promise<Result> {
  const daemon = await createDaemon(config)
  try {
    return await task(createClient({ url: daemon.apiUrl, token: daemon.apiToken }))
  } finally {
    await daemon.stop({ drain: false })
  }
}

/** Runs a command on the data folder. */
async function grav1(...argv: readonly string[]) {
  const fake = fakeIo({ env, cwd: folder.path })
  const code = await main(argv, fake.io)
  return { code, out: fake.out.join('\n'), err: fake.err.join('\n') }
}

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
  const inputs = ['first', 'second', 'growing'].map((name) => join(folder.path, `${name}.mkv`))
  for (const input of inputs) await copyFile(base, input)
  await withNode(async (client) => {
    const [first = '', second = '', growing = ''] = inputs
    const wish = { encoder: 'aom', encoderParams: '--cpu-used=8' } as const
    ids.first = (await client.submit({ ...wish, input: first })).projectId
    ids.second = (await client.submit({ ...wish, input: second })).projectId
    ids.growing = (await client.submit({ ...wish, input: growing, waitComplete: true })).projectId
  })
}, 120_000)
afterAll(async () => {
  await keepWarm(config.dataDir)
  await folder.remove()
})

test('a folder that nothing is in is said so, and stays without', async () => {
  const nowhere = join(folder.path, 'nowhere')
  for (const argv of [['status'], ['projects'], ['cancel', 'x'], ['delete', 'x']]) {
    const { code, out, err } = await grav1(...argv, '--data-dir', nowhere)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`the data folder ${nowhere} holds nothing yet`)
  }
  expect(await readdir(folder.path)).not.toContain('nowhere')
})

test('status and projects show what the folder holds, and that no node runs', async () => {
  const { code, out } = await grav1('status')
  expect(code).toBe(0)
  expect(out).toMatch(/^no node runs here; this is what the data folder of attic 12D3/)
  for (const title of ['first.mkv', 'second.mkv', 'growing.mkv']) expect(out).toContain(title)
  expect(out).toContain('"grav1 node" goes on with 2 films')
  const status = await json<SwarmStatus>('status')
  expect(status.node).toMatchObject({ connected: false, name: 'attic', slots: 0 })
  expect(status.projects.map(({ projectId }) => projectId).toSorted()).toEqual(Object.values(ids).toSorted())
  const { items } = await json<{ items: ProjectStatus[] }>('projects', '--state', 'waiting')
  expect(items.map(({ title }) => title)).toEqual(['growing.mkv'])
  expect((await grav1('scenes', 'first.mkv')).code).toBe(0)
})

test('what needs a node is refused with a sentence', async () => {
  for (const argv of [['retry', 'first.mkv'], ['why', 'first.mkv', '1'], ['pause'], ['logs']]) {
    const { code, err } = await grav1(...argv, '--api', 'http://127.0.0.1:1')
    expect([code, err]).toEqual([1, expect.stringContaining('No node answers')])
  }
})

test('the folder is locked while a node has it, also before that node answers', async () => {
  await withNode(async () => {
    await rm(join(config.dataDir, 'api.json'))
    const { code, err } = await grav1('status')
    expect([code, err]).toEqual([1, expect.stringMatching(/^another grav1 node uses/i)])
  })
}, 60_000)

test('what is cancelled, moved and deleted offline is so when a node starts again', async () => {
  expect(await grav1('cancel', ids.first.slice(0, 10))).toMatchObject({
    code: 0,
    out: `cancelled ${ids.first} (first.mkv)`
  })
  expect(await stateOf('first.mkv')).toBe('cancelled')
  expect(await grav1('cancel', 'first.mkv')).toMatchObject({ code: 1, err: 'The project has already ended.' })
  expect((await grav1('cancel', 'growing')).code).toBe(0)
  expect(await stateOf(ids.growing)).toBe('cancelled')
  expect((await json<ProjectStatus>('priority', 'second.mkv', '-2.5')).priority).toBe(-2.5)
  expect(await grav1('delete', 'second.mkv')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--yes') as string
  })
  const epoch = Number(await readFile(join(config.dataDir, 'epoch'), 'utf8'))

  await withNode(async (client) => {
    // Submissions that wait are shown once the node goes on.
    let projects: readonly ProjectStatus[] = []
    await eventually('all projects', async () => {
      ;({ projects } = await client.status())
      return projects.length === 3
    })
    const states = new Map(projects.map(({ title, state }) => [title, state]))
    expect([states.get('first.mkv'), states.get('growing.mkv')]).toEqual(['cancelled', 'cancelled'])
    expect(projects.find(({ title }) => title === 'second.mkv')).toMatchObject({ priority: -2.5 })
  })
  expect(Number(await readFile(join(config.dataDir, 'epoch'), 'utf8'))).toBeGreaterThan(epoch)

  for (const id of Object.values(ids)) expect((await grav1('delete', id, '-y')).code).toBe(0)
  expect((await json<{ total: number }>('projects')).total).toBe(0)
  expect(await readdir(join(config.dataDir, 'own'))).toEqual([])
  await withNode(async (client) => expect((await client.status()).projects).toEqual([]))
  expect(await readdir(folder.path)).toContain('first.mkv')
}, 60_000)
