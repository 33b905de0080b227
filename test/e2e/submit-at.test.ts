import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { AOM_PARAMS, TestSwarm, type SpawnedNode } from './harness.ts'
import type { UploadStatus } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm
let node: SpawnedNode
let film: string
let token: string

beforeAll(async () => {
  swarm = await TestSwarm.create()
  film = (await tinyClip()).path
  node = await swarm.startNode({ name: 'nas', workers: 1, args: ['--auth', 'always'] })
  token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
})

afterAll(async () => {
  await swarm.stop()
})

const submit = async (...args: string[]) =>
  swarm.ask(['submit', film, '--at', `${node.url}/#token=${token}`, '--params', AOM_PARAMS, ...args])

const uploads = async (): Promise<UploadStatus[]> => {
  const answer = await fetch(`${node.url}/api/v2/uploads`, { headers: { authorization: `Bearer ${token}` } })
  return (await answer.json()) as UploadStatus[]
}

test.for([
  ['without a token', () => ['submit', film, '--at', node.url], 1, /--token/],
  ['with --api', () => ['submit', film, '--at', node.url, '--api', node.url], 2, /--at.*--api/],
  ['to see a plan', () => ['submit', film, '--at', node.url, '--dry-run'], 2, /--at.*--dry-run/],
  ['of nothing', () => ['submit', 'none.mkv', '--at', node.url], 2, /none\.mkv cannot be read/],
  ['of a folder', () => ['submit', '.', '--at', node.url], 2, /no video/],
  [
    'for a file that is there',
    () => ['submit', film, '--at', node.url, '--token', token, '-o', film],
    2,
    /already exists/
  ],
  ['--fetch alone', () => ['submit', film, '--fetch'], 2, /--at/]
] as const)('refused before anything is sent: %s', async ([, args, code, sentence]) => {
  const { exitCode, stderr } = await swarm.ask(args())
  expect(stderr).toMatch(sentence)
  expect(exitCode).toBe(code)
  expect(await uploads()).toEqual([])
})

test('the film goes there, the node owns it, and the result comes back; the same command again sends nothing', async () => {
  const first = await submit(
    '--output',
    'here.webm',
    '--audio',
    'drop',
    '--subtitles',
    'drop',
    '--attachments',
    'drop',
    '--json'
  )
  expect([first.exitCode, first.stderr]).toEqual([0, expect.any(String)])
  const events = first.stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(new Set(events.map(({ event }) => event))).toEqual(
    new Set(['sending', 'submitted', 'progress', 'fetching', 'done'])
  )
  const done = events.at(-1)
  const output = join(swarm.folder, 'here.webm')
  expect(done).toMatchObject({ event: 'done', output })
  const sha256 = createHash('sha256')
    .update(await readFile(output))
    .digest('hex')
  expect(sha256).toBe(done?.['sha256'])
  const answer = await fetch(`${node.url}/api/v2/projects`, { headers: { authorization: `Bearer ${token}` } })
  const { items } = (await answer.json()) as { items: { own: boolean; state: string; outputSha256: string }[] }
  expect(items).toMatchObject([{ own: true, state: 'completed', outputSha256: sha256 }])
  expect(await uploads()).toMatchObject([{ name: 'tiny.mkv', used: true }])
  expect(await readdir(swarm.folder)).toEqual(expect.not.arrayContaining([expect.stringMatching(/\.part$/)]))
  // Nothing of it is encoded, sent or written again.
  const again = await submit('--output', 'here.webm', '--audio', 'drop', '--subtitles', 'drop', '--attachments', 'drop')
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('already exists') as string })
  const detached = await submit('--detach')
  expect(detached.exitCode).toBe(0)
  expect(await uploads()).toHaveLength(1)
})
