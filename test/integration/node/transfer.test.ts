import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { appendFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/refusal.ts'
import { createClient } from '../../../src/node/cli/client.ts'
import { fetchManifest } from '../../../src/node/cli/transfer/fetch-manifest.ts'
import { fetchResult, type FetchInit } from '../../../src/node/cli/transfer/fetch-result.ts'
import { sendFilm, type SendInit } from '../../../src/node/cli/transfer/send-film.ts'
import { createUploadClient } from '../../../src/node/cli/transfer/upload-client.ts'
import { signManifest } from '../../../src/node/manifest/signed.ts'
import { startHttpServer } from '../../../src/node/http/http-server.ts'
import { createUploads } from '../../../src/node/uploads/uploads.ts'
import { createApiBench, TOKEN, viewOf } from '../../fixtures/api-bench.ts'
import { cuttingProxy } from '../../fixtures/cutting-proxy.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { manifestBy, newSigner } from '../../fixtures/manifests.ts'
import { silent } from '../../fixtures/swarm-node.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** A film goes to a node and its result comes back, over connections that break. Sizes are exact, so that what was sent twice shows. */
const MiB = 1 << 20
/** Headers of requests and answers. */
const OVERHEAD = 64 * 1024
const FILM = randomBytes(5 * MiB)
const never = new AbortController().signal
const init = (change: Partial<SendInit> = {}): SendInit => ({
  signal: never,
  pauseMs: 1,
  onProgress: () => undefined,
  ...change
})

let folder: Awaited<ReturnType<typeof tempFolder>>
let film: string
beforeAll(async () => {
  folder = await tempFolder()
  film = join(folder.path, 'film.mkv')
  await writeFile(film, FILM)
})
afterAll(() => folder.remove())

async function site({ quotaBytes = 100 * MiB, output = FILM, name = 'film.aom.mkv', manifest = '' } = {}) {
  const guard = { hasRoom: async () => true }
  const made = { guard, log: silent, isSource: () => false }
  const uploads = await createUploads(made, { folder: join(await tempDir(), 'uploads'), quotaBytes })
  const sha256 = createHash('sha256').update(output).digest('hex')
  const view = viewOf({ projectId: 'done1', end: { outputSha256: sha256, outputBytes: output.length } })
  const bench = createApiBench([{ view, outputPath: `/films/${name}` }], { uploads })
  const readFrom: number[] = []
  const read = async (first: number, last: number) => {
    readFrom.push(first)
    return new Blob([Uint8Array.from(output.subarray(first, last + 1))]).stream()
  }
  const file = async () => ({ name, type: 'video/matroska', bytes: output.length, read })
  const noManifest = new ApiRefusal('no-manifest', 404, 'The film has no manifest here.')
  const manifestOf = async () => (manifest === '' ? Promise.reject(noManifest) : manifest)
  const ports = { ...bench.ports, completed: { file, manifest: manifestOf } }
  const http = await startHttpServer(ports, { host: '127.0.0.1', port: 0, token: TOKEN, log: silent })
  onTestFinished(async () => http.stop())
  const proxy = await cuttingProxy(http.url)
  return {
    proxy,
    uploads,
    /** First bytes of what was fetched. */
    readFrom,
    client: createUploadClient({ url: proxy.url, token: TOKEN }),
    api: createClient({ url: proxy.url, token: TOKEN }),
    result: { projectId: 'done1', sha256, bytes: output.length },
    read: async (input: string) => readFile((await uploads.resolve(input)) ?? '')
  }
}

test('a connection that breaks twice: only the rest is sent', async () => {
  const { proxy, client, read } = await site()
  proxy.cutAfter('up', 3 * MiB)
  const seen: number[] = []
  const onProgress = (bytes: number): void => {
    if (proxy.cuts() === 1 && seen.length > 0) proxy.cutAfter('up', MiB / 2)
    seen.push(bytes)
  }
  const input = await sendFilm(film, client, init({ onProgress }))
  expect((await read(input)).equals(FILM)).toBe(true)
  expect(proxy.cuts()).toBe(2)
  // At worst the pieces on the way are lost: 2 MiB, then what was let through.
  expect(proxy.passed.up).toBeLessThan(FILM.length + 2.75 * MiB)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.at(-1)).toBe(FILM.length)
})

test('the same command after Ctrl-C goes on, and after the end sends nothing', async () => {
  const { proxy, client, uploads, read } = await site()
  const stop = new AbortController()
  const onProgress = (bytes: number): void => {
    if (bytes > 0) stop.abort('interrupted')
  }
  await expect(sendFilm(film, client, init({ signal: stop.signal, onProgress }))).rejects.toBe('interrupted')
  const [{ received } = { received: 0 }] = await uploads.list()
  expect(received).toBeGreaterThan(0)
  proxy.passed.up = 0
  const input = await sendFilm(film, client, init())
  expect((await read(input)).equals(FILM)).toBe(true)
  expect(proxy.passed.up).toBeLessThan(FILM.length - received + OVERHEAD)
  proxy.passed.up = 0
  expect(await sendFilm(film, client, init())).toBe(input)
  expect(proxy.passed.up).toBeLessThan(OVERHEAD)
})

test.for([
  ['another name', async (path: string) => path.replace('a.mkv', 'b.mkv')],
  ['another time', async (path: string) => path],
  ['other bytes', async (path: string) => path]
] as const)('a film with %s is another film', async ([kind, place]) => {
  const { client } = await site()
  const own = join(await tempDir(), 'a.mkv')
  await writeFile(own, FILM.subarray(0, MiB))
  const first = await sendFilm(own, client, init())
  const path = await place(own)
  const bytes = Buffer.from(FILM.subarray(0, MiB))
  if (kind === 'other bytes') bytes[0] = (bytes[0] ?? 0) ^ 1
  const { mtime } = await stat(own)
  await writeFile(path, bytes)
  await utimes(path, mtime, kind === 'another time' ? new Date(mtime.getTime() + 5000) : mtime)
  expect(await sendFilm(path, client, init())).not.toBe(first)
})

test('a film that changes while it is sent is refused, and removed there', async () => {
  const { client, uploads } = await site()
  const own = join(await tempDir(), 'growing.mkv')
  await writeFile(own, FILM)
  let grown: Promise<void> | undefined
  const onProgress = (): void => {
    grown ??= appendFile(own, 'more')
  }
  await expect(sendFilm(own, client, init({ onProgress }))).rejects.toMatchObject({ code: 'film-changed' })
  await grown
  expect(await uploads.list()).toEqual([])
})

test('without room there nothing is sent; without an answer the wait ends', async () => {
  const small = await site({ quotaBytes: MiB })
  await expect(sendFilm(film, small.client, init())).rejects.toMatchObject({ code: 'no-room', status: 507 })
  expect(small.proxy.passed.up).toBeLessThan(OVERHEAD)
  const { proxy, client } = await site()
  const onProgress = (): void => proxy.cutAfter('up', 0)
  // Each try is cut at its first byte.
  await expect(sendFilm(film, client, init({ onProgress, silenceMsMax: 50 }))).rejects.toMatchObject({
    code: 'node-lost'
  })
})

const fetching = (target: string, change: Partial<FetchInit> = {}): FetchInit => ({
  signal: never,
  pauseMs: 1,
  target,
  overwrite: false,
  ...change
})

test('a result comes over a connection that breaks, and only the rest comes again', async () => {
  const { proxy, api, result, readFrom } = await site()
  const target = join(await tempDir(), 'film.aom.mkv')
  proxy.cutAfter('down', 2 * MiB)
  await fetchResult(api, result, fetching(target))
  expect((await readFile(target)).equals(FILM)).toBe(true)
  expect(proxy.cuts()).toBe(1)
  const [first, ...others] = readFrom
  expect(first).toBe(0)
  expect(others.length).toBeGreaterThan(0)
  for (const from of others) expect(from).toBeGreaterThan(0)
  expect(await readdir(join(target, '..'))).toEqual(['film.aom.mkv'])
})

test('a fetch that was interrupted keeps a hidden part, and goes on from it', async () => {
  const { api, result, readFrom } = await site()
  const home = await tempDir()
  const target = join(home, 'film.aom.mkv')
  const stop = new AbortController()
  const onProgress = (bytes: number): void => {
    if (bytes > MiB) stop.abort('interrupted')
  }
  await expect(fetchResult(api, result, fetching(target, { signal: stop.signal, onProgress }))).rejects.toBeDefined()
  const [part = '', ...others] = await readdir(home)
  expect(others).toEqual([])
  expect(part).toMatch(/^\.film\.aom\.mkv\.[0-9a-f]{8}\.\d+\.part$/)
  const { size } = await stat(join(home, part))
  expect(size).toBeGreaterThan(0)
  await fetchResult(api, result, fetching(target))
  expect((await readFile(target)).equals(FILM)).toBe(true)
  // A connection of before may be dead, and is then tried once more.
  const [first, ...later] = readFrom
  expect([first, ...new Set(later)]).toEqual([0, size])
})

/** Of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid

const partOf = (home: string, { sha256 }: { readonly sha256: string }, pid: number): string =>
  join(home, `.film.aom.mkv.${sha256.slice(0, 8)}.${pid}.part`)

test('two commands that fetch one film at once do not write into one part, and the longest that was left is gone on with', async () => {
  const { api, result, readFrom } = await site()
  const home = await tempDir()
  const theirs = partOf(home, result, process.ppid)
  await writeFile(theirs, 'theirs')
  for (const bytes of [MiB, 3 * MiB, 2 * MiB])
    await writeFile(partOf(home, result, endedPid()), FILM.subarray(0, bytes))
  await fetchResult(api, result, fetching(join(home, 'film.aom.mkv')))
  expect((await readFile(join(home, 'film.aom.mkv'))).equals(FILM)).toBe(true)
  expect(readFrom[0]).toBe(3 * MiB)
  expect(await readFile(theirs, 'utf8')).toBe('theirs')
  expect((await readdir(home)).toSorted()).toEqual([basename(theirs), 'film.aom.mkv'])
})

test.for([
  ['other bytes', 100, 'damaged-download'],
  ['more bytes than the file has', FILM.length + 1, undefined],
  ['all bytes', FILM.length, undefined]
] as const)('a part with %s', async ([kind, bytes, code]) => {
  const { api, result } = await site()
  const home = await tempDir()
  const target = join(home, 'film.aom.mkv')
  const part = partOf(home, result, endedPid())
  await writeFile(part, kind === 'all bytes' ? FILM : Buffer.alloc(bytes))
  const fetched = fetchResult(api, result, fetching(target))
  if (code === undefined) await fetched
  else await expect(fetched).rejects.toMatchObject({ code })
  expect(await readdir(home)).toEqual(code === undefined ? ['film.aom.mkv'] : [])
})

test('a file of that name is replaced only where the user said so', async () => {
  const { api, result } = await site()
  const target = join(await tempDir(), 'film.aom.mkv')
  await writeFile(target, 'mine')
  await expect(fetchResult(api, result, fetching(target))).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(target, 'utf8')).toBe('mine')
  await fetchResult(api, result, fetching(target, { overwrite: true }))
  expect((await readFile(target)).equals(FILM)).toBe(true)
})

test('the manifest comes with the film, if it is signed and of this film, and replaces no other file', async () => {
  const signer = await newSigner()
  const body = manifestBy(signer.peerId)
  const sha256 = createHash('sha256').update(FILM).digest('hex')
  const signed = await signManifest({ ...body, film: { ...body.film, sha256 } }, signer)
  const target = join(await tempDir(), 'film.aom.mkv')
  const path = `${target}.grav1.json`
  const fetched = async (manifest: string, overwrite = false): Promise<string | undefined> => {
    const { api, result } = await site({ manifest })
    return fetchManifest(api, result, { target, overwrite, signal: never })
  }
  expect(await fetched('')).toBeUndefined()
  const another = await signManifest(body, signer)
  for (const wrong of ['a letter', another, signed.replace('"threads": "one"', '"threads": "any"')])
    expect(await fetched(wrong)).toContain('The film was fetched, but its manifest was not')
  expect(await readdir(dirname(target))).toEqual([])
  // Of a film that was there before.
  await writeFile(path, another)
  expect(await fetched(signed)).toBeUndefined()
  expect(await readFile(path, 'utf8')).toBe(signed)
  await writeFile(path, 'a letter')
  expect(await fetched(signed)).toContain('its manifest was not')
  expect(await readFile(path, 'utf8')).toBe('a letter')
  expect(await fetched(signed, true)).toBeUndefined()
  expect(await readFile(path, 'utf8')).toBe(signed)
  expect(await readdir(dirname(target))).toEqual(['film.aom.mkv.grav1.json'])
})
