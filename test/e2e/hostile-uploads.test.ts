import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bomb, BOMB_BYTES, REFERRING, silence } from '../fixtures/hostile-files.ts'
import { AOM_PARAMS, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { UploadStatus } from '../../src/api/schemas/index.ts'

const MiB = 1 << 20

/** A request that a proxy passed on comes from another machine. */
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.1' }

let swarm: TestSwarm
let node: SpawnedNode
let token: string

// An owner alone: what is tried is how it takes a film in.
beforeAll(async () => {
  swarm = await TestSwarm.create()
  node = await swarm.startNode({ name: 'owner', workers: 0 })
  token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
})
afterAll(() => swarm.stop())

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${node.url}/api/v2${path}`)).json()) as T
}

type Body = Uint8Array<ArrayBuffer> | string

const authorized = (): Record<string, string> => ({ ...ELSEWHERE, authorization: `Bearer ${token}` })

async function upload(body: Body, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${node.url}/api/v2/uploads`, {
    method: 'POST',
    body,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(Buffer.byteLength(body)),
      'upload-metadata': `filename ${btoa('../../film.mkv')}`,
      'content-type': 'application/offset+octet-stream',
      ...headers
    }
  })
}

/** Uploads a file in one piece and submits it, as another machine. */
async function submit(body: Body): Promise<{ readonly status: number; readonly text: string }> {
  const uploaded = await upload(body, authorized())
  expect(uploaded.status).toBe(201)
  const input = `upload:${uploaded.headers.get('location')?.split('/').at(-1)}`
  const answer = await fetch(`${node.url}/api/v2/projects`, {
    method: 'POST',
    headers: { ...authorized(), 'content-type': 'application/json' },
    body: JSON.stringify({ input, encoder: 'aom', encoderParams: AOM_PARAMS })
  })
  return { status: answer.status, text: await answer.text() }
}

/** The most memory that the node ever had. */
async function peakBytes(): Promise<number> {
  const text = await readFile(`/proc/${node.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024
}

test('nobody on another machine uploads without a token, or more than there is room for', async () => {
  const refused: readonly (readonly [number, Record<string, string>])[] = [
    [401, ELSEWHERE],
    [401, { ...ELSEWHERE, authorization: 'Bearer wrong' }],
    [507, { ...authorized(), 'upload-length': String(2 ** 50) }],
    [400, { ...authorized(), 'upload-length': '-1' }],
    [413, { ...authorized(), 'upload-length': '3' }]
  ]
  for (const [status, headers] of refused) {
    const answer = await upload('film', headers)
    expect([headers, answer.status, await answer.json()]).toEqual([
      headers,
      status,
      expect.objectContaining({ status })
    ])
  }
  const uploads = await ask<UploadStatus[]>('/uploads')
  expect(uploads.filter(({ received }) => received > 0)).toEqual([])
})

test('what names other files is refused as no video, whatever it names', async () => {
  const secret = join(swarm.folder, 'secret.txt')
  await writeFile(secret, 'nobody reads this')
  const bodies = Object.entries(REFERRING).map(([kind, make]) => [kind, make(secret)] as const)
  // Side by side: each waits for a moment whether its file still grows.
  const answers = await Promise.all(
    [...bodies, ['zeros', '\0'.repeat(MiB)] as const].map(async ([kind, body]) => ({ kind, ...(await submit(body)) }))
  )
  for (const { kind, status, text } of answers) {
    expect([kind, status]).toEqual([kind, 400])
    expect(text, kind).toMatch(/video/)
    expect(text, kind).not.toContain('nobody reads this')
  }
  expect(await ask('/projects')).toMatchObject({ total: 0 })
})

const FILMS = { 'that expands a thousandfold': bomb, 'with an hour of silence': silence }

test.for(Object.entries(FILMS))('a film %s is a film like others, in bounded memory', async ([, make]) => {
  const film = new Uint8Array(await readFile(await make(swarm.folder)))
  const before = await peakBytes()
  const { status, text } = await submit(film)
  expect([status, text]).toEqual([201, expect.any(String)])
  const { projectId } = JSON.parse(text) as { projectId: string }
  await whenProject(node.url, projectId, 'to have its scenes', ({ scenes }) => scenes.total > 0)
  expect((await peakBytes()) - before).toBeLessThan(BOMB_BYTES)
  await fetch(`${node.url}/api/v2/projects/${projectId}`, { method: 'DELETE' })
})
