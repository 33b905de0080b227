import { describe, expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/refusal.ts'
import type { ProjectSnapshot } from '../../../src/api/ports.ts'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'

test('status is this node, its peers and its projects', async () => {
  const answer = await createApiBench([{ beat: beatOf() }]).request('/api/v2/status')
  expect(await answer.json()).toMatchObject({
    node: { peerId: OWNER, slots: 2, busy: 1 },
    peers: [],
    projects: [{ projectId: PROJECT, state: 'encoding' }]
  })
})

test('a project while it is encoded', async () => {
  const answer = await createApiBench([{ beat: beatOf() }]).request(`/api/v2/projects/${PROJECT}`)
  expect(await answer.json()).toMatchObject({
    projectId: PROJECT,
    title: 'film.mkv',
    owner: OWNER,
    frames: 53,
    totalFrames: 100,
    planned: true,
    scenes: { total: 2, done: 1, running: 1, failed: 0 },
    fps: 5.5,
    etaSeconds: 47 / 5.5,
    bytes: 427_911,
    estimatedBytes: 855_822,
    outputPath: null,
    endedAtMs: null,
    running: [{ scene: 1, worker: WORKER, pass: 1, frames: 20 }],
    workers: { [WORKER]: 1 }
  })
})

test('nothing done yet: what cannot be known is null', async () => {
  const answer = await createApiBench([{ view: viewOf({ scenes: [[50]] }) }]).request(`/api/v2/projects/${PROJECT}`)
  expect(await answer.json()).toMatchObject({ etaSeconds: null, kbps: null, estimatedBytes: null, fps: 0 })
})

test('warnings go with the answer to a submission and with an own project', async () => {
  const warnings = ['The video has transparency, which is dropped.']
  const bench = createApiBench([{ warnings }])
  bench.ids = [PROJECT]
  const answer = await bench.post('/api/v2/projects', {
    input: 'a.mkv',
    encoder: 'aom',
    deinterlace: true,
    videoTrack: 2,
    keepUids: true
  })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toEqual({ projectId: PROJECT, attached: false, warnings })
  expect(bench.calls.at(-1)).toMatchObject([
    'submit',
    [{ deinterlace: true, videoTrack: 2, keepUids: true }],
    expect.anything()
  ])
  expect(await (await bench.request(`/api/v2/projects/${PROJECT}`)).json()).toMatchObject({ warnings })
})

test('the path of the output goes with a completed project of this node only', async () => {
  const view = viewOf({ scenes: [[50, 1]], end: {} })
  const ask = async (own: boolean): Promise<unknown> => {
    const bench = createApiBench([{ view, own, outputPath: own ? '/out.mkv' : undefined }])
    return (await bench.request(`/api/v2/projects/${PROJECT}`)).json()
  }
  expect(await ask(true)).toMatchObject({ state: 'completed', outputPath: '/out.mkv', outputBytes: 7 })
  expect(await ask(false)).toMatchObject({ state: 'completed', outputPath: null, outputBytes: 7 })
})

describe('refusals are problem details', () => {
  const problemOf = async (answer: Response): Promise<unknown[]> => {
    const { code, status } = (await answer.json()) as { code: string; status: number }
    return [answer.status, answer.headers.get('content-type'), status, code]
  }
  const TYPE = 'application/problem+json'

  test('an unknown project', async () => {
    const bench = createApiBench()
    for (const answer of [await bench.request('/api/v2/projects/x'), await bench.post('/api/v2/projects/x/cancel')])
      expect(await problemOf(answer)).toEqual([404, TYPE, 404, 'unknown-project'])
  })

  test.for([
    ['not JSON', '{'],
    ['nothing', undefined],
    ['no input', { encoder: 'aom' }],
    ['a field too many', { input: 'a', encoder: 'aom', encoder_params: '' }],
    ['an unknown choice of subtitles', { input: 'a', encoder: 'aom', subtitles: 'burn' }],
    ['a choice of sound that is no text', { input: 'a', encoder: 'aom', audio: true }],
    ['a number as text', { input: 'a', encoder: 'aom', priority: '1' }],
    ['a number as text', { input: 'a', encoder: 'aom', priority: '1' }],
    ['zones as text', { input: 'a', encoder: 'aom', zones: '0 10 --cq-level=20' }],
    ['a zone with a field too many', { input: 'a', encoder: 'aom', zones: [{ start: 0, end: 1, filter: 'x' }] }],
    ['a cut that is half a frame', { input: 'a', encoder: 'aom', cuts: [1.5] }],
    ['too many cuts', { input: 'a', encoder: 'aom', cuts: Array.from({ length: 10_001 }, () => 1) }],
    ['a range that is no text', { input: 'a', encoder: 'aom', range: [1, 2] }]
  ] as const)('%s', async ([, body]) => {
    expect(await problemOf(await createApiBench().post('/api/v2/projects', body))).toEqual([
      400,
      TYPE,
      400,
      'bad-request'
    ])
  })

  test("the node's own keep status and code", async () => {
    const bench = createApiBench([{}])
    bench.refusal = new ApiRefusal('already-ended', 409, 'The project has already ended.')
    const answer = await bench.post(`/api/v2/projects/${PROJECT}/cancel`)
    expect(await problemOf(answer)).toEqual([409, TYPE, 409, 'already-ended'])
  })
})

test('submit is 201 with the id, cancel says so', async () => {
  const bench = createApiBench([{}])
  const made = await bench.post('/api/v2/projects', { input: 'a.mkv', encoder: 'aom', overwrite: true })
  expect([made.status, await made.json()]).toEqual([201, { projectId: 'id1', attached: false, warnings: [] }])
  expect(await (await bench.post(`/api/v2/projects/${PROJECT}/cancel`)).json()).toEqual({ cancelled: true })
  expect(bench.calls.at(-1)).toEqual(['cancel', PROJECT])
})

test('a submission that goes on with a project of before is 200', async () => {
  const bench = createApiBench([{}])
  bench.attached = true
  const answer = await bench.post('/api/v2/projects', { input: 'a.mkv', encoder: 'aom', restart: false })
  expect([answer.status, await answer.json()]).toEqual([200, { projectId: 'id1', attached: true, warnings: [] }])
})

test('a project that waits says what for; it is tried again, or written elsewhere', async () => {
  const beat = beatOf({ state: 'waiting' })
  const bench = createApiBench([{ beat, waiting: 'the folder is away' }])
  const shown = await (await bench.request(`/api/v2/projects/${PROJECT}`)).json()
  expect(shown).toMatchObject({ state: 'waiting', reason: 'the folder is away' })
  expect((await bench.post(`/api/v2/projects/${PROJECT}/retry`)).status).toBe(200)
  expect(bench.calls.at(-1)).toEqual(['retry', PROJECT])
  expect((await bench.post(`/api/v2/projects/${PROJECT}/output`, { output: '/o.mkv', overwrite: true })).status).toBe(
    200
  )
  expect(bench.calls.at(-1)).toEqual(['setOutput', PROJECT, '/o.mkv', true, false])
  expect((await bench.post(`/api/v2/projects/${PROJECT}/output`, {})).status).toBe(400)
})

test('a project that waits for its turn is queued, and says how many come before it where that is known', async () => {
  const queued = { beat: beatOf({ state: 'queued' }), view: viewOf({ scenes: [], planned: false }) }
  const shown = async (project: Partial<ProjectSnapshot>): Promise<unknown> =>
    (await createApiBench([project]).request(`/api/v2/projects/${PROJECT}`)).json()
  const waiting = 'waits for its turn: 2 films before it'
  expect(await shown({ ...queued, waiting })).toMatchObject({ state: 'queued', reason: waiting })
  expect(await shown(queued)).toMatchObject({ state: 'queued', reason: '' })
  const ended = viewOf({ end: { state: 'cancelled', reason: '' } })
  expect(await shown({ ...queued, view: ended, waiting })).toMatchObject({ state: 'cancelled', reason: '' })
})

test('what becomes of the other streams reaches the node as it was said', async () => {
  const bench = createApiBench()
  const body = { input: 'a.mkv', encoder: 'aom', audio: 'opus:48', subtitles: 'drop', attachments: 'copy' }
  expect((await bench.post('/api/v2/projects', body)).status).toBe(201)
  expect(bench.calls.at(-1)).toEqual(['submit', [body], false])
})

test('zones, cuts and a range are handed on', async () => {
  const bench = createApiBench([{}])
  const wishes = {
    zones: [{ start: 0, end: '00:01', params: '--cq-level=20' }],
    cuts: [10, '00:00:05'],
    range: '00:00:01-'
  }
  expect((await bench.post('/api/v2/projects', { input: 'a.mkv', encoder: 'aom', ...wishes })).status).toBe(201)
  expect(bench.calls.at(-1)).toEqual(['submit', [{ input: 'a.mkv', encoder: 'aom', ...wishes }], expect.anything()])
})

test('an unknown path is 404 in JSON', async () => {
  const answer = await createApiBench().request('/api/nothing')
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { success: false, reason: 'There is nothing at this address.' }
  ])
})
