import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SLICE_BYTES } from '../../src/swarm/protocol/index.ts'
import { isOfType, readRestDocument } from '../fixtures/rest-document.ts'
import { fourScenes } from './clips.ts'
import {
  eventually,
  getProject,
  TestSwarm,
  VP9_PARAMS,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'

type Json = Record<string, unknown>

/** Bytes per second. */
const RATE = 128 * 1024

const MISSING = 'Project does not exist.'
const FORBIDDEN = 'You are not allowed to do this!'

let swarm: TestSwarm
/** Owns the project and encodes it; obeys B. */
let a: SpawnedNode
/** Has no encoder of its own; obeys nobody. */
let b: SpawnedNode
let id: string

const get = async (node: SpawnedNode, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${node.url}${path}`, { headers })

async function post(node: SpawnedNode, path: string, body?: unknown): Promise<Json> {
  const answer = await fetch(`${node.url}${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  })
  expect([path, answer.status]).toEqual([path, 200])
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return (await answer.json()) as Json
}

async function projectAt(node: SpawnedNode, projectId = id): Promise<Json | undefined> {
  const list = (await (await get(node, '/api/get_projects')).json()) as Json[]
  return list.find((project) => project.projectid === projectId)
}

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex')

beforeAll(async () => {
  swarm = await TestSwarm.create()
  const clip = await fourScenes()
  for (const name of ['1.mkv', '2.mkv', 'film.mkv']) await copyFile(clip.path, join(swarm.folder, name))
  b = await swarm.startNode({ name: 'b', workers: 0 })
  a = await swarm.startNode({ name: 'a', workers: 2, bootstrap: b.address, args: ['--trust', b.peerId, '--limit-lan'] })
  await Promise.all([whenConnected(a.url, 1), whenConnected(b.url, 1)])
})

afterAll(async () => swarm.stop())

describe('the document, held to two nodes', async () => {
  const { calls, structs } = await readRestDocument()
  const callTo = (part: string) => {
    const found = calls.find(({ path }) => path.includes(part))
    if (found == null) throw new Error(`the document has no ${part}`)
    return found
  }

  test('its example makes projects; those who are not trusted get its refusal; they can be deleted', async () => {
    const { bodyExamples, answerExamples } = callTo('add_project')
    const made = await post(b, '/api/add_project', bodyExamples[0])
    expect(made).toMatchObject(answerExamples[0] as Json)
    const ids = made.projectids as string[]
    expect(ids).toHaveLength((bodyExamples[0] as { input: string[] }).input.length)
    const { encoder, encoder_params: params } = bodyExamples[0] as Json
    for (const one of ids) {
      const seen = await eventually('A to hear of it', async () => projectAt(a, one))
      expect(seen).toMatchObject({ encoder, encoder_params: params })
      expect(await post(a, `/api/modify_project/${one}`, { priority: 3 })).toEqual(answerExamples[1])
      expect(await post(a, `/api/delete_project/${one}`)).toEqual({ success: false, reason: FORBIDDEN })
      expect((await projectAt(b, one))?.priority).toBe(0)
      await eventually(
        'its first scene',
        async () => ((await projectAt(a, one))?.total_jobs as number) > 0 || undefined
      )
      // Not accepted yet, its piece is available at its owner.
      const clip = await get(a, `/scene/${one}/1.source.webm`)
      expect([clip.status, (await bytesOf(clip)).readUInt32BE(0)]).toEqual([200, 0x1a45dfa3])
      expect(await post(b, `/api/delete_project/${one}`)).toEqual(callTo('delete_project').answerExamples[0])
      expect(await projectAt(b, one)).toBeUndefined()
      await eventually('A to drop it', async () => ((await projectAt(a, one)) == null ? true : undefined))
    }
  })

  test('B changes the priority of a project of A, and both show it', async () => {
    const made = await post(a, '/api/add_project', { input: 'film.mkv', encoder: 'vp9', encoder_params: VP9_PARAMS })
    id = made.projectid as string
    await eventually('B to hear of it', async () => projectAt(b))
    const { path, answerExamples } = callTo('modify_project')
    expect(await post(b, path.replace('<projectid>', id), { priority: -1 })).toEqual(answerExamples[0])
    expect([(await projectAt(a))?.priority, (await projectAt(b))?.priority]).toEqual([-1, -1])
    await whenProject(b.url, id, 'to be finished, as B sees it', ({ state }) => state === 'completed')
    // Beats end with the project; what A serves is what it wrote.
    await whenProject(a.url, id, 'to be finished at A', ({ outputPath }) => outputPath != null)
  })

  test('every field of its structs is there at both nodes, with its type and no less in its example', async () => {
    const [example] = callTo('get_projects').answerExamples[0] as Json[]
    for (const node of [a, b]) {
      const project = await projectAt(node)
      for (const field of structs.Project ?? [])
        expect([node.name, field.name, isOfType(project?.[field.name], field)]).toEqual([node.name, field.name, true])
      for (const [name, value] of Object.entries(example ?? {}))
        expect([name, typeof project?.[name]]).toEqual([name, typeof value])
      const scenes = project?.scenes as Record<string, Json>
      expect(Object.keys(scenes)[0]).toBe(Object.keys(example?.scenes as Json)[0])
      expect(Object.keys(scenes).length).toBe(project?.total_jobs)
      for (const scene of Object.values(scenes))
        for (const field of structs.Scene ?? []) expect(isOfType(scene[field.name], field)).toBe(true)
      expect(project).toMatchObject({ frames: 100, total_frames: 100, status: 'complete', workers: [] })
    }
    const { output, ...ofA } = (await projectAt(a)) ?? {}
    expect(output).toBe(join(swarm.folder, 'film.vp9.mkv'))
    expect(await projectAt(b)).toEqual(ofA)
    for (const node of [a, b]) {
      expect(await (await get(node, `/api/get_project/${id}`)).json()).toEqual(await projectAt(node))
      const short = (await (await get(node, '/api/get_projects?scenes=0')).json()) as Json[]
      expect(short).toEqual([{ ...(await projectAt(node)), scenes: {} }])
    }
  })

  test('unknown projects get its words', async () => {
    for (const part of ['modify_project', 'delete_project']) {
      const { path, answerExamples } = callTo(part)
      for (const unknown of ['1', 'a.b', '..%2F1', `${id}x`])
        expect(await post(b, path.replace('<projectid>', unknown), {})).toEqual(answerExamples[1])
    }
    expect(await (await get(b, '/api/get_project/1.5')).json()).toEqual({ success: false, reason: MISSING })
  })

  test('a poller is told that nothing has changed', async () => {
    for (const path of ['/api/get_projects', '/api/get_projects?scenes=0', `/api/get_project/${id}`]) {
      const first = await get(b, path)
      const etag = first.headers.get('etag') ?? ''
      expect([path, first.headers.get('content-encoding')]).toEqual([path, 'gzip'])
      await first.arrayBuffer()
      expect((await get(b, path, { 'if-none-match': etag })).status).toBe(304)
    }
  })
})

describe('bytes through a node that has none of them', () => {
  test('a scene, in each form of its name', async () => {
    const scenes = (await projectAt(b))?.scenes as Record<string, { filesize: number }>
    const ivf = await bytesOf(await get(b, `/scene/${id}/00001.ivf`))
    expect(ivf.length).toBe(scenes['00001']?.filesize)
    expect(ivf.subarray(0, 4).toString()).toBe('DKIF')
    expect(await bytesOf(await get(a, `/scene/${id}/1.ivf`))).toEqual(ivf)
    const webm = await bytesOf(await get(b, `/scene/${id}/1`))
    expect(webm.readUInt32BE(0)).toBe(0x1a45dfa3)
    for (const name of ['00001', '1.webm', '00001.webm'])
      expect((await bytesOf(await get(b, `/scene/${id}/${name}`))).equals(webm)).toBe(true)
    const part = await get(b, `/scene/${id}/2.ivf`, { range: 'bytes=0-3' })
    expect([part.status, await part.text()]).toEqual([206, 'DKIF'])
    for (const name of ['0', '00007', '1.avi', '1/', ''])
      expect([name, (await get(b, `/scene/${id}/${name}`)).status]).toEqual([name, 404])
    for (const path of [`//scene/${id}/1`, `/scene//${id}/1`, `/scene/${id}//1`])
      expect([path, (await get(b, path)).status]).toEqual([path, 404])
  })

  test('the finished file: whole, in parts, and known by its hash', async () => {
    const film = await readFile(join(swarm.folder, 'film.vp9.mkv'))
    for (const node of [b, a]) {
      const answer = await get(node, `/completed/${id}`)
      expect([node.name, answer.status]).toEqual([node.name, 200])
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'video/x-matroska',
        'content-length': String(film.length),
        etag: `"${sha256(film)}"`,
        'content-disposition': `attachment; filename="film.vp9.mkv"; filename*=UTF-8''film.vp9.mkv`
      })
      expect((await bytesOf(answer)).equals(film)).toBe(true)
      for (const [range, first, last] of [
        ['bytes=0-0', 0, 0],
        [`bytes=1000-${film.length - 2}`, 1000, film.length - 2],
        ['bytes=-500', film.length - 500, film.length - 1]
      ] as const) {
        const part = await get(node, `/completed/${id}`, { range })
        expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/${film.length}`])
        expect((await bytesOf(part)).equals(film.subarray(first, last + 1))).toBe(true)
      }
      const beyond = await get(node, `/completed/${id}`, { range: `bytes=${film.length}-` })
      expect(beyond.status).toBe(416)
      const known = await get(node, `/completed/${id}`, { 'if-none-match': `"${sha256(film)}"` })
      expect(known.status).toBe(304)
    }
  })

  test('the finished file comes no faster than the owner may send', async () => {
    const at = ['--data-dir', a.dataDir, '--json']
    const slow = await swarm.ask(['bandwidth', '--upload-limit', '128KiB/s', ...at])
    expect(JSON.parse(slow.stdout)).toEqual({ upload: RATE, download: 0, lan: true })
    const beganAt = performance.now()
    const bytes = (await bytesOf(await get(b, `/completed/${id}`))).byteLength
    const seconds = (performance.now() - beganAt) / 1000
    await swarm.ask(['bandwidth', '--upload-limit', 'none', ...at])
    // Two slices may go at once: the one that is saved up, and the one that is sent ahead.
    const held = bytes - 2 * SLICE_BYTES
    expect(held).toBeGreaterThan(0)
    expect(seconds).toBeGreaterThan(held / RATE)
  })

  test('the command line says the same at both nodes, and fetches the finished file', async () => {
    const film = sha256(await readFile(join(swarm.folder, 'film.vp9.mkv')))
    const json = async (node: SpawnedNode, ...argv: readonly string[]): Promise<Json> => {
      const { exitCode, stdout, stderr } = await swarm.ask([...argv, '--json', '--data-dir', node.dataDir])
      expect([argv, exitCode, stderr]).toEqual([argv, 0, ''])
      return JSON.parse(stdout) as Json
    }
    const [atA, atB] = await Promise.all([json(a, 'scenes', 'film.mkv'), json(b, 'scenes', 'film')])
    expect(atB.total).toBe((await projectAt(b))?.total_jobs)
    expect((atB.items as Json[]).map(({ sha256: hash }) => hash)).toEqual(
      (atA.items as Json[]).map(({ sha256: hash }) => hash)
    )
    expect(await json(b, 'why', id.slice(0, 9), '1')).toMatchObject({ scene: 0, state: 'done' })
    expect(await json(b, 'download', 'film.mkv', 'fetched.mkv')).toMatchObject({ sha256: film })
    expect(sha256(await readFile(join(swarm.folder, 'fetched.mkv')))).toBe(film)
    const shown = await swarm.ask(['show', 'film.mkv', '--api', b.url])
    expect(shown.stdout).toMatch(/^owner +a$[^]*^encoded by +a \d scenes$/m)
  })

  test('the source of a scene: at its owner from the file, elsewhere only while there is a piece', async () => {
    const clip = await get(a, `/scene/${id}/2.source.webm`)
    expect([clip.status, clip.headers.get('content-type')]).toEqual([200, 'video/webm'])
    expect((await bytesOf(clip)).readUInt32BE(0)).toBe(0x1a45dfa3)
    const gone = await get(b, `/scene/${id}/2.source.webm`)
    expect(gone.status).toBe(410)
    expect(((await gone.json()) as Json).reason).toContain('the node that owns the project can still make this clip')
  })

  test('what this node is and has, as later clients of the original ask', async () => {
    const info = (await (await get(a, '/api/get_info')).json()) as Json
    expect(Object.keys(info)).toEqual(['encoders', 'actions', 'protocols', 'logs', 'password'])
    expect((info.encoders as Json).vpxenc).toMatch(/^\d/)
    const home = (await (await get(a, '/api/get_home')).json()) as Json
    expect(home).toMatchObject({ projects: 1, jobs: 0, 'frames per hour': { frames: 0 } })
    expect((home.versions as Json).libaom).toMatch(/^\d/)
    const names = (await (await get(a, '/api/list_directory')).json()) as string[]
    expect(names).toEqual(expect.arrayContaining(['1.mkv', '2.mkv', 'film.mkv', 'film.vp9.mkv', 'node-a/']))
    const outside = await get(a, '/api/list_directory?path=..')
    expect([outside.status, ((await outside.json()) as Json).success]).toEqual([200, false])
  })

  test('the owner is killed: B goes on answering, and says how old its view is and what it lacks', async () => {
    const before = await getProject(b.url, id)
    await a.kill()
    await eventually(
      'B to miss A',
      async () =>
        ((await (await get(b, '/api/v2/status')).json()) as { peers: { connected: boolean }[] }).peers.every(
          ({ connected }) => !connected
        ) || undefined
    )
    expect(await projectAt(b)).toMatchObject({ projectid: id, status: 'complete', frames: 100 })
    const after = await getProject(b.url, id)
    expect(after?.heardAtMs).toBe(before?.heardAtMs)
    expect(Date.now() - (after?.heardAtMs ?? Infinity)).toBeGreaterThan(0)
    expect(before?.heardAtMs).toBeGreaterThanOrEqual(before?.endedAtMs ?? Infinity)
    // It was looked at before, so B has it.
    expect((await get(b, `/scene/${id}/1.ivf`)).status).toBe(200)
    for (const path of [`/scene/${id}/3.ivf`, `/completed/${id}`]) {
      const answer = await get(b, path)
      const { success, reason } = (await answer.json()) as Json
      expect([path, answer.status, success, typeof reason]).toEqual([path, 503, false, 'string'])
    }
    const refused = await post(b, `/api/delete_project/${id}`)
    expect(refused).toMatchObject({ success: false })
    expect(refused.reason).toContain('cannot be reached now. Nothing was changed')
    expect((await getProject(b.url, id))?.state).toBe('completed')
  })
})
