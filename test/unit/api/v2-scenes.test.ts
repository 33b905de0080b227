import { describe, expect, test } from 'vitest'
import { dryRun, filmColumns, sceneDetail, sceneWhy, timelineEntry } from '../../../src/api/schemas/index.ts'
import { attemptOf } from '../../fixtures/attempts.ts'
import { beatOf, createApiBench, DRY_RUN, viewOf, WHY } from '../../fixtures/api-bench.ts'
import { PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'

const attempts = [attemptOf({ verdict: 'failed', reason: 'no such flag', endedAtMs: 2000 }), attemptOf({ attempt: 2 })]
const bench = () => createApiBench([{ beat: beatOf() }], { attempts })
const get = async (path: string): Promise<unknown> => (await bench().request(`/api/v2${path}`)).json()

describe('scenes', () => {
  test('come in pages, and by state', async () => {
    expect(await get(`/projects/${PROJECT}/scenes?limit=1`)).toMatchObject({
      items: [{ scene: 0 }],
      total: 2,
      offset: 0
    })
    expect(await get(`/projects/${PROJECT}/scenes?offset=1`)).toMatchObject({
      items: [{ scene: 1, attempts: 2 }],
      total: 2
    })
    expect(await get(`/projects/${PROJECT}/scenes?state=pass-1`)).toMatchObject({ items: [{ scene: 1 }], total: 1 })
    expect(await get(`/projects/${PROJECT}/scenes?state=failed`)).toEqual({ items: [], total: 0, offset: 0 })
  })

  test('one has its history', async () => {
    const answer = sceneDetail.parse(await get(`/projects/${PROJECT}/scenes/1`))
    expect(answer).toMatchObject({ scene: 1, here: false, pieceBytes: expect.any(Number) as number })
    expect(answer.history.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['failed', 'no such flag'],
      ['running', '']
    ])
    expect(answer.history[0]?.encoderBuild).toBe(viewOf().announce.encoderBuild)
  })

  test('one that is here says so', async () => {
    const here = createApiBench([{ beat: beatOf() }], { scene: { path: '/x', bytes: 1 } })
    expect(await (await here.request(`/api/v2/projects/${PROJECT}/scenes/0`)).json()).toMatchObject({ here: true })
    expect(await (await here.request(`/api/v2/projects/${PROJECT}/scenes/1`)).json()).toMatchObject({ here: false })
  })

  test('why, and the film', async () => {
    expect(sceneWhy.parse(await get(`/projects/${PROJECT}/scenes/1/why`))).toEqual({ ...WHY, scene: 1 })
    expect(filmColumns.parse(await get(`/projects/${PROJECT}/film`)).frames).toEqual([50, 50])
  })

  test.for([
    ['/projects/x/scenes', 404, 'unknown-project'],
    ['/projects/x/film', 404, 'unknown-project'],
    ['/projects/x/scenes/0', 404, 'unknown-project'],
    ['/projects/x/scenes/0/why', 404, 'unknown-project'],
    [`/projects/${PROJECT}/scenes/2`, 404, 'unknown-scene'],
    [`/projects/${PROJECT}/scenes/2/why`, 404, 'unknown-scene'],
    [`/projects/${PROJECT}/scenes/one`, 400, 'bad-request'],
    [`/projects/${PROJECT}/scenes/0.5`, 400, 'bad-request'],
    [`/projects/${PROJECT}/scenes/-1`, 400, 'bad-request'],
    [`/projects/${PROJECT}/scenes?state=lost`, 400, 'bad-request'],
    [`/projects/${PROJECT}/scenes?limit=1001`, 400, 'bad-request'],
    ['/timeline?limit=0', 400, 'bad-request'],
    ['/timeline?after=yesterday', 400, 'bad-request']
  ] as const)('%s is %i %s', async ([path, status, code]) => {
    const answer = await bench().request(`/api/v2${path}`)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code])
  })
})

test('the time line is what the node knows since then', async () => {
  const asked = bench()
  const answer = await (await asked.request('/api/v2/timeline?after=5&limit=7')).json()
  expect(timelineEntry.array().parse(answer)).toEqual([
    { projectId: PROJECT, scene: 1, worker: WORKER, startedAtMs: 1000, endedAtMs: 2000, verdict: 'failed' },
    { projectId: PROJECT, scene: 1, worker: WORKER, startedAtMs: 1000, endedAtMs: null, verdict: 'running' }
  ])
  expect(asked.calls).toEqual([['attemptsSince', 5, 7]])
})

describe('a dry run', () => {
  test.for([
    ['', undefined],
    ['?scenes=1', 300_000],
    ['?scenes=1&seconds=5', 5000],
    ['?seconds=5', undefined]
  ] as const)('with "%s" analyses for %s ms', async ([query, analyseMs]) => {
    const asked = bench()
    const answer = await asked.post(`/api/v2/dry-run${query}`, { input: 'a.mkv', encoder: 'aom' })
    expect([answer.status, dryRun.parse(await answer.json())]).toEqual([200, DRY_RUN])
    expect(asked.calls).toEqual([
      ['dryRun', { input: 'a.mkv', encoder: 'aom' }, { trusted: false, analyseMs, signal: undefined }]
    ])
  })

  test.for(['?scenes=yes', '?scenes=1&seconds=0', '?scenes=1&seconds=3601'])('%s is refused', async (query) => {
    expect((await bench().post(`/api/v2/dry-run${query}`, { input: 'a.mkv', encoder: 'aom' })).status).toBe(400)
  })
})
