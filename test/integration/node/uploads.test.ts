import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { uploadStatus, type UploadStatus } from '../../../src/api/schemas/index.ts'
import { startHttpServer } from '../../../src/node/http/http-server.ts'
import { createUploads, type Uploads } from '../../../src/node/uploads/uploads.ts'
import { createApiBench, TOKEN } from '../../fixtures/api-bench.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { silent } from '../../fixtures/swarm-node.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const TUS = { 'tus-resumable': '1.0.0' }
const OCTETS = { ...TUS, 'content-type': 'application/offset+octet-stream' }
const MiB = 1 << 20
const DAY_MS = 24 * 3_600_000

interface SiteInit {
  readonly quotaBytes?: number
  readonly folder?: string
  readonly hasRoom?: (bytes: number) => boolean
}

/** The API with uploads behind a real server; `sources` are those of projects. */
async function site({ quotaBytes = 100 * MiB, hasRoom = () => true, ...init }: SiteInit = {}) {
  const folder = init.folder ?? join(await tempDir(), 'uploads')
  const sources = new Set<string>()
  const guard = { hasRoom: async (bytes: number) => hasRoom(bytes) }
  const isSource = (path: string): boolean => sources.has(path)
  const uploads = await createUploads({ guard, log: silent, isSource }, { folder, quotaBytes })
  const { ports } = createApiBench([], { uploads })
  const http = await startHttpServer(ports, { host: '127.0.0.1', port: 0, token: TOKEN, log: silent })
  onTestFinished(async () => http.stop())
  const url = `${http.url}/api/v2/uploads`
  return {
    folder,
    sources,
    uploads,
    url,
    begin: async (bytes: number, filename = 'film.mkv') => begin(url, bytes, filename),
    list: async (): Promise<UploadStatus[]> => uploadStatus.array().parse(await (await fetch(url)).json())
  }
}

async function begin(url: string, bytes: number, filename: string): Promise<Response> {
  const metadata = `filename ${Buffer.from(filename).toString('base64')}`
  return fetch(url, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(bytes), 'upload-metadata': metadata }
  })
}

async function begun(url: string, bytes: number, filename = 'film.mkv'): Promise<{ id: string; url: string }> {
  const answer = await begin(url, bytes, filename)
  expect(answer.status).toBe(201)
  const own = new URL(answer.headers.get('location') ?? '', url).href
  return { id: own.split('/').at(-1) ?? '', url: own }
}

async function patch(url: string, offset: number, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(url, { method: 'PATCH', headers: { ...OCTETS, 'upload-offset': String(offset) }, body })
}

async function offsetOf(url: string): Promise<number> {
  const answer = await fetch(url, { method: 'HEAD', headers: TUS })
  return answer.status === 200 ? Number(answer.headers.get('upload-offset')) : -answer.status
}

/** Says that it sends all of `body`, sends the first `bytes` and breaks the connection. */
async function breakOff(url: string, body: Uint8Array, bytes: number, file: string): Promise<void> {
  const headers = { ...OCTETS, 'upload-offset': '0', 'content-length': String(body.byteLength) }
  const sending = request(url, { method: 'PATCH', headers })
  const closed = new Promise<void>((resolve) => sending.once('close', resolve).once('error', () => resolve()))
  await new Promise<void>((resolve) => sending.write(body.subarray(0, bytes), () => resolve()))
  await eventually('the bytes to arrive', async () => (await stat(file)).size === bytes)
  sending.destroy()
  await closed
}

test('interrupted, resumed, and then it can be submitted', async () => {
  const { url, folder, uploads, list } = await site()
  const film = randomBytes(3 * MiB)
  const upload = await begun(url, film.byteLength)
  await breakOff(upload.url, film, 700_000, join(folder, upload.id, 'film.mkv'))
  await eventually('the offset', async () => (await offsetOf(upload.url)) === 700_000)
  expect(await uploads.resolve(`upload:${upload.id}`)).toBeUndefined()
  expect(await list()).toMatchObject([{ id: upload.id, received: 700_000, input: null, used: false }])
  // From elsewhere than where it stands nothing is taken.
  const elsewhere = await patch(upload.url, 0, film)
  expect([elsewhere.status, await elsewhere.json()]).toMatchObject([409, { code: 'not-now', status: 409 }])
  expect(elsewhere.headers.get('content-type')).toBe('application/problem+json')
  const rest = await patch(upload.url, 700_000, film.subarray(700_000))
  expect([rest.status, rest.headers.get('upload-input')]).toEqual([204, `upload:${upload.id}`])
  const path = await uploads.resolve(`upload:${upload.id}`)
  expect(await readFile(path ?? '')).toEqual(film)
  expect(await (await fetch(upload.url)).json()).toMatchObject({
    id: upload.id,
    name: 'film.mkv',
    bytes: film.byteLength,
    received: film.byteLength,
    input: `upload:${upload.id}`
  })
  // An answer that was lost can be asked for again.
  expect(await offsetOf(upload.url)).toBe(film.byteLength)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(dirname(path ?? ''))).mode & 0o777).toBe(0o700)
})

test('a node that was started anew goes on with it', async () => {
  const first = await site()
  const film = randomBytes(MiB)
  const upload = await begun(first.url, film.byteLength)
  expect((await patch(upload.url, 0, film.subarray(0, 1000))).status).toBe(204)
  const second = await site({ folder: first.folder })
  const url = `${second.url}/${upload.id}`
  expect(await offsetOf(url)).toBe(1000)
  expect((await patch(url, 1000, film.subarray(1000))).status).toBe(204)
  expect(await readFile((await second.uploads.resolve(`upload:${upload.id}`)) ?? '')).toEqual(film)
})

test.for([
  ['../../x', 'x'],
  ['a\0b.mkv', 'a_b.mkv'],
  [`${'x'.repeat(4000)}.mkv`, `${'x'.repeat(196)}.mkv`],
  ['.bashrc', 'bashrc'],
  ['', 'upload']
] as const)('the name %j stays in its folder', async ([sent, name]) => {
  const { url, folder, list } = await site()
  const upload = await begun(url, 3, sent)
  expect((await patch(upload.url, 0, Buffer.from('abc'))).status).toBe(204)
  expect(await list()).toMatchObject([{ name }])
  expect((await readdir(folder)).toSorted()).toEqual([upload.id, `${upload.id}.json`].toSorted())
  expect(await readdir(join(folder, upload.id))).toEqual([name])
  expect((await readdir(dirname(folder))).toSorted()).toEqual(['uploads'])
})

test('no more than the quota, all uploads together, also at once', async () => {
  const { url, begin, list } = await site({ quotaBytes: 10 })
  const answers = await Promise.all([6, 6, 6].map(async (bytes) => begin(bytes)))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 507, 507])
  const refused = answers.find(({ status }) => status === 507)
  expect(await refused?.json()).toMatchObject({
    code: 'no-room',
    status: 507,
    detail: expect.stringContaining('--upload-quota') as string
  })
  const [{ id } = { id: '' }] = await list()
  // What is promised is all that is taken.
  expect((await patch(`${url}/${id}`, 0, Buffer.from('1234567'))).status).toBe(413)
  expect((await begin(4)).status).toBe(201)
  expect((await begin(1)).status).toBe(507)
  expect((await fetch(`${url}/${id}`, { method: 'DELETE', headers: TUS })).status).toBe(204)
  expect((await begin(6)).status).toBe(201)
})

test('never into the reserve of the disk, with what others still have to send', async () => {
  const asked: number[] = []
  const { url, begin } = await site({ hasRoom: (bytes) => asked.push(bytes) < 10 && bytes <= 1000 })
  const first = await begun(url, 600)
  await patch(first.url, 0, Buffer.alloc(100))
  expect((await begin(501)).status).toBe(507)
  expect((await begin(500)).status).toBe(201)
  expect(asked).toEqual([600, 1001, 1000])
})

test.for([
  ['no length', {}],
  ['a length that comes later', { 'upload-defer-length': '1' }],
  ['nothing', { 'upload-length': '0' }],
  ['a negative length', { 'upload-length': '-5' }],
  ['a length that is no number', { 'upload-length': 'x' }],
  ['metadata that is none', { 'upload-length': '5', 'upload-metadata': 'filename ä' }]
] as const)('begun with %s: refused', async ([, headers]) => {
  const { url, folder } = await site()
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...TUS, ...(headers as Record<string, string>) }
  }).catch(() => undefined)
  // fetch itself refuses to send a header that is not Latin-1.
  if (answer != null) expect([400, 501]).toContain(answer.status)
  expect(await readdir(folder)).toEqual([])
})

test('behind the gate like every command, and with nothing for other origins', async () => {
  const { url, begin } = await site()
  const headers = { ...TUS, 'upload-length': '5' }
  const evil = await fetch(url, { method: 'POST', headers: { ...headers, origin: 'http://evil.example' } })
  expect(evil.status).toBe(403)
  const wrong = await fetch(url, { method: 'POST', headers: { ...headers, authorization: 'Bearer no' } })
  expect(wrong.status).toBe(401)
  const answer = await begin(5)
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect((await fetch(url, { method: 'POST', headers: { 'upload-length': '5' } })).status).toBe(412)
})

test('ids that are none are no uploads', async () => {
  const { url, folder, uploads } = await site()
  await writeFile(join(folder, 'secret'), 'x')
  for (const id of ['secret', '..', '%2e%2e%2fsecret', 'a'.repeat(32), '__proto__']) {
    expect(await offsetOf(`${url}/${id}`), id).toBeLessThanOrEqual(-400)
    expect((await fetch(`${url}/${id}`, { method: 'DELETE', headers: TUS })).status, id).toBe(404)
  }
  for (const input of ['upload:', 'upload:../secret', `upload:${'a'.repeat(32)}`, 'secret', 'upload:__proto__'])
    expect(await uploads.resolve(input)).toBeUndefined()
  expect(await readdir(folder)).toEqual(['secret'])
})

test('what nobody goes on with is removed after a day; what a project needs stays until that is removed', async () => {
  const { url, folder, uploads, sources, list } = await site()
  const kinds = ['begun', 'finished', 'fresh', 'used'] as const
  const paths = new Map<string, string>()
  for (const kind of kinds) {
    const { id, url: own } = await begun(url, 3, `${kind}.mkv`)
    await patch(own, 0, Buffer.from(kind === 'begun' ? 'a' : 'abc'))
    paths.set(kind, join(folder, id, `${kind}.mkv`))
  }
  sources.add(paths.get('used') ?? '')
  const longAgo = (Date.now() - DAY_MS - 1000) / 1000
  for (const kind of ['begun', 'finished', 'used']) await utimes(paths.get(kind) ?? '', longAgo, longAgo)
  await uploads.clean()
  const names = async (): Promise<string[]> => (await list()).map(({ name }) => name).toSorted()
  expect(await names()).toEqual(['fresh.mkv', 'used.mkv'])
  const used = (await list()).find(({ name }) => name === 'used.mkv')
  expect(used).toMatchObject({ used: true, expiresAtMs: null })
  expect((await fetch(`${url}/${used?.id}`, { method: 'DELETE', headers: TUS })).status).toBe(409)
  // The project is removed: at once, however young, but not what was made beside it.
  await utimes(paths.get('used') ?? '', new Date(), new Date())
  const output = join(dirname(paths.get('used') ?? ''), 'used.aom.mkv')
  await writeFile(output, 'film')
  await uploads.release(paths.get('used') ?? '')
  expect(await names()).toEqual(['fresh.mkv', 'used.mkv'])
  sources.clear()
  await uploads.release('/films/of/the/user.mkv')
  await uploads.release(paths.get('used') ?? '')
  expect(await names()).toEqual(['fresh.mkv'])
  expect(await readFile(output, 'utf8')).toBe('film')
  expect((await readdir(folder)).filter((name) => name.endsWith('.json'))).toHaveLength(1)
})

test('one that was just named by a submission is not taken away from under it', async () => {
  const { url, folder, uploads, list } = await site()
  const { id, url: own } = await begun(url, 3)
  await patch(own, 0, Buffer.from('abc'))
  const longAgo = (Date.now() - DAY_MS - 1000) / 1000
  await utimes(join(folder, id, 'film.mkv'), longAgo, longAgo)
  await uploads.resolve(`upload:${id}`)
  await uploads.clean()
  expect(await list()).toHaveLength(1)
})

test('a record that is damaged, or without its file, is no upload', async () => {
  const first = await site()
  const { id } = await begun(first.url, 3)
  await writeFile(join(first.folder, `${id}.json`), '{"name": "../x"')
  const again: Uploads = (await site({ folder: first.folder })).uploads
  expect(await again.list()).toEqual([])
})
