import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config, Daemon } from '../../../src/node/config/types.ts'
import { createDaemon } from '../../../src/node/daemon.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { eventually } from '../../e2e/harness.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** One node without slots: what is submitted stays unfinished. */
let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config
let node: Daemon

const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=24:d=0.5', '-c:v', 'libx264', at('film.mkv'))
  await mkdir(at('out'))
  await writeFile(at('empty.toml'), '')
  const flags = { dataDir: at('data'), workers: '0', apiPort: '0', logLevel: 'silent' }
  config = {
    ...(await loadConfig({ flags, env: { GRAV1_CONFIG: at('empty.toml') }, cwd: folder.path })),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false
  }
  await warmUp(config.dataDir)
  node = await createDaemon(config)
})
afterAll(async () => {
  await node.stop({ drain: false })
  await keepWarm(config.dataDir)
  await folder.remove()
})

interface Answer {
  readonly projectId: string
  readonly attached: boolean
  readonly detail: string
  readonly code: string
  readonly field: string
}

async function call(method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${node.apiUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${node.apiToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  return { status: answer.status, json: await answer.json() }
}

const PARAMS = '--preset 10 --crf 45'

async function submit(change: object = {}): Promise<Answer & { readonly status: number }> {
  const request = { input: 'film.mkv', encoder: 'svt', encoderParams: PARAMS, ...change }
  const { status, json } = await call('POST', '/api/v2/projects', request)
  return { status, ...(json as Answer) }
}

const project = async (id: string): Promise<ProjectStatus> =>
  (await call('GET', `/api/v2/projects/${id}`)).json as ProjectStatus

/** The projects that make these files: whoever asks for the same goes on with them. */
const makers = async (...outputs: string[]): Promise<string[]> =>
  Promise.all(outputs.map(async (output) => (await submit({ output: at(output) })).projectId))

test('the same submission goes on, another one is refused with the project, and restart begins anew', async () => {
  const first = await submit()
  expect(first).toMatchObject({ status: 201, attached: false })
  // Another name of the encoder, flags in another order of writing: the same film.
  const again = await submit({ encoder: 'svtav1', encoderParams: '--preset=10 --crf=45', priority: 3 })
  expect(again).toMatchObject({ status: 200, attached: true, projectId: first.projectId })
  expect((await project(first.projectId)).priority).toBe(3)
  for (const change of [{ encoderParams: '--preset 9' }, { audio: 'drop' }, { deinterlace: true }]) {
    const other = await submit(change)
    expect(other).toMatchObject({ status: 400, code: 'output-taken', field: 'output' })
    expect(other.detail).toContain(`project ${first.projectId}`)
  }
  const anew = await submit({ encoderParams: '--preset 9', restart: true })
  expect(anew).toMatchObject({ status: 201, attached: false })
  expect(await project(first.projectId)).toMatchObject({ state: 'cancelled' })
  // The project that ended is nobody's any more.
  expect(await submit({ encoderParams: '--preset 9' })).toMatchObject({ status: 200, projectId: anew.projectId })
})

test('of two that come at once the second goes on with the first', async () => {
  const output = at('twice.mkv')
  const both = await Promise.all([submit({ output }), submit({ output })])
  const answers = both.map(({ status, detail }) => detail ?? status)
  expect(answers.toSorted((a, b) => Number(a) - Number(b))).toEqual([200, 201])
  expect(new Set(both.map(({ projectId }) => projectId)).size).toBe(1)
})

test('an output can be a folder, or a name with places to fill in', async () => {
  const outputs = [at('out'), at('out/{stem}-{encoder}.mkv')]
  const made = await Promise.all(outputs.map(async (output) => submit({ output, encoder: 'svtav1' })))
  expect(await makers('out/film.svt.mkv', 'out/film-svt.mkv')).toEqual(made.map(({ projectId }) => projectId))
})

test('the documented call takes the next free name, and an ended project its own priority', async () => {
  const add = async () => {
    const body = { input: ['film.mkv', 'film.mkv'], encoder: 'svt', encoder_params: PARAMS }
    return (await call('POST', '/api/add_project', body)).json as { success: boolean; projectids: string[] }
  }
  const { success, projectids } = await add()
  expect(success).toBe(true)
  expect(await makers('film.svt-2.mkv', 'film.svt-3.mkv')).toEqual(projectids)
  const [id = ''] = projectids
  await call('POST', `/api/v2/projects/${id}/cancel`)
  const modify = async (priority: number) => (await call('POST', `/api/modify_project/${id}`, { priority })).json
  expect(await modify(0)).toEqual({ success: true })
  expect(await modify(1)).toEqual({
    success: false,
    reason: expect.stringContaining('has ended (cancelled)') as string
  })
})

test('a node for one command sets aside what it finds, until somebody asks for it', async () => {
  const output = at('aside.mkv')
  const { projectId } = await submit({ output })
  await node.stop({ drain: false })
  node = await createDaemon({ ...config, aside: true })
  const other = await submit({ output: at('mine.mkv') })
  const found = await eventually('the film to be queued', async () => {
    const now = await project(projectId)
    return now.state === 'queued' && now.reason !== '' ? now : undefined
  })
  expect(found.reason).toContain('is set aside')
  expect((await project(other.projectId)).reason).not.toContain('aside')
  expect(await submit({ output })).toMatchObject({ status: 200, projectId })
  await eventually('the film to go on', async () =>
    (await project(projectId)).reason.includes('aside') ? undefined : true
  )
})
