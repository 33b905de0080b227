import { TWO_PASSES } from '../../../src/common/scene-progress.ts'
import { describe, expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/refusal.ts'
import { beatOf, bearer, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'

const MISSING = { success: false, reason: 'Project does not exist.' }

const ONE_PASS = { ...TWO_PASSES, passes: 1 } as const

async function only(snapshot: Parameters<typeof createApiBench>[0] = [{}]): Promise<Record<string, unknown>> {
  const answer = await createApiBench(snapshot).request('/api/get_projects')
  const [first] = (await answer.json()) as Record<string, unknown>[]
  if (first == null) throw new Error('no project')
  return first
}

describe('get_projects', () => {
  test('nothing is an empty list, as JSON in UTF-8', async () => {
    const answer = await createApiBench().request('/api/get_projects')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await answer.json()).toEqual([])
  })

  test('a project that is encoded, in every documented field and with its type', async () => {
    expect(await only([{ beat: beatOf() }])).toEqual({
      projectid: PROJECT,
      input: 'film.mkv',
      frames: 53,
      total_frames: 100,
      fps: 5.5,
      jobs: 1,
      total_jobs: 2,
      jobs_remaining: 1,
      jobs_running: 1,
      status: 'ready',
      state: 'encoding',
      encoder_params: '--cpu-used=6',
      encoder: 'aom',
      scenes: {
        '00001': { filesize: 427_911, frames: 50, encoder_params: '' },
        '00002': { filesize: 0, frames: 50, encoder_params: '' }
      },
      priority: 0,
      workers: ['00002'],
      peers: [{ peer: WORKER, scene: '00002', pass: 1, frames: 20 }]
    })
  })

  test('the first pass of two counts less of a frame than the second', async () => {
    const lease = { scene: 1, worker: WORKER, attempt: 1, pass: 2, frames: 20 }
    expect(await only([{ beat: beatOf({ leases: [lease] }) }])).toMatchObject({ frames: 50 + 24 })
  })

  test('a single pass is all of a frame', async () => {
    const lease = { scene: 1, worker: WORKER, attempt: 1, pass: 1, frames: 20 }
    expect(await only([{ work: ONE_PASS, beat: beatOf({ leases: [lease] }) }])).toMatchObject({ frames: 50 + 20 })
    const lies = { ...lease, pass: 2, frames: 70 }
    expect(await only([{ work: ONE_PASS, beat: beatOf({ leases: [lies] }) }])).toMatchObject({ frames: 50 + 50 })
  })

  test('a scene with two leases is as far as the one that is further, and done while a result is looked at', async () => {
    const lease = { scene: 1, worker: WORKER, attempt: 1, pass: 2, frames: 20 }
    const leases = [{ ...lease, attempt: 2, frames: 4 }, lease]
    expect(await only([{ beat: beatOf({ leases }) }])).toMatchObject({ frames: 50 + 24 })
    const sceneStates = ['accepted', 'verifying'] as const
    expect(await only([{ beat: beatOf({ leases, sceneStates }) }])).toMatchObject({ frames: 100 })
  })

  test('a scene tells the quantiser that was chosen for it', async () => {
    const view = viewOf()
    const [first, second] = view.scenes
    const chosen = { ...first!, accepted: { ...first!.accepted!, quantiser: 27 } }
    const { scenes } = await only([{ view: { ...view, scenes: [chosen, second!] } }])
    expect(scenes).toMatchObject({ '00001': { encoder_params: '--cq-level=27' }, '00002': { encoder_params: '' } })
  })

  test('without soft state the log alone speaks: fps is 0, never null', async () => {
    expect(await only()).toMatchObject({ fps: 0, workers: [], peers: [], frames: 50, jobs_running: 0 })
  })

  test('a lease that outlived its scene does not count twice', async () => {
    const lease = { scene: 0, worker: WORKER, attempt: 1, pass: 1, frames: 50 }
    expect(await only([{ beat: beatOf({ leases: [lease] }) }])).toMatchObject({ frames: 50, workers: [] })
  })

  test.for([
    ['splitting', 'analysing', viewOf({ scenes: [], planned: false })],
    ['ready', 'analysing', viewOf({ scenes: [[50]], planned: false })],
    ['ready', 'encoding', viewOf()],
    ['done! joining files', 'joining', viewOf({ scenes: [[50, 1]] })],
    ['complete', 'completed', viewOf({ scenes: [[50, 1]], end: {} })],
    ['failed: no encoder', 'failed', viewOf({ end: { state: 'failed', reason: 'no encoder' } })],
    ['cancelled', 'cancelled', viewOf({ end: { state: 'cancelled' } })]
  ] as const)('status %s while %s', async ([status, state, view]) => {
    expect(await only([{ view }])).toMatchObject({ status, state })
  })

  test('a project that waits has the status of the step that waits, and says what for', async () => {
    const waits = { beat: beatOf({ state: 'waiting' }), waiting: 'the folder is away' }
    const shown = { state: 'waiting', waiting: 'the folder is away' }
    expect(await only([{ ...waits }])).toMatchObject({ ...shown, status: 'ready' })
    const joins = { ...waits, view: viewOf({ scenes: [[50, 1]] }) }
    expect(await only([joins])).toMatchObject({ ...shown, status: 'done! joining files' })
  })

  test('a project that waits for its turn has the status of the analysis that comes', async () => {
    const view = viewOf({ scenes: [], planned: false })
    const queued = { view, beat: beatOf({ state: 'queued' }), waiting: 'waits for its turn: 1 film before it' }
    const shown = { status: 'splitting', state: 'queued', waiting: 'waits for its turn: 1 film before it' }
    expect(await only([queued])).toMatchObject(shown)
  })

  test('total_frames is the estimate until the plan is closed', async () => {
    expect(await only([{ view: viewOf({ scenes: [[50]], planned: false }) }])).toMatchObject({ total_frames: 100 })
    expect(await only([{ view: viewOf({ scenes: [[500]], planned: false }) }])).toMatchObject({ total_frames: 500 })
    expect(await only([{ view: viewOf({ scenes: [[50]] }) }])).toMatchObject({ total_frames: 50 })
  })

  test('an ended project is idle whatever its last beat said', async () => {
    const ended = await only([{ view: viewOf({ scenes: [[50, 1], [50]], end: { state: 'failed' } }), beat: beatOf() }])
    expect(ended).toMatchObject({ fps: 0, workers: [], frames: 50 })
  })

  test('scene keys keep the order of the film, however many there are', async () => {
    const many = await only([{ view: viewOf({ scenes: Array.from({ length: 10_001 }, () => [1] as const) }) }])
    const keys = Object.keys(many['scenes'] as object)
    expect(keys).toHaveLength(10_001)
    expect(keys[0]).toBe('000001')
    expect(keys).toEqual(keys.toSorted())
  })

  test('the output path is given for own projects only; ?scenes=0 leaves the scenes out', async () => {
    const bench = createApiBench([{ outputPath: '/films/out.mkv' }, { outputPath: '/films/out.mkv', own: false }])
    const [own, other] = (await (await bench.request('/api/get_projects?scenes=0')).json()) as object[]
    expect(own).toMatchObject({ output: '/films/out.mkv', scenes: {}, total_jobs: 2 })
    expect(other).not.toHaveProperty('output')
  })

  test("a scene's own parameters, where it has some", async () => {
    const view = viewOf({ scenes: [[50], [50]] })
    const scenes = view.scenes.map((scene, n) => ({
      ...scene,
      plan: { ...scene.plan, encoderParams: n === 1 ? '--cpu-used=6 --cq-level=20' : '' }
    }))
    const bench = createApiBench([{ view: { ...view, scenes } }])
    expect(await (await bench.request(`/api/get_project/${PROJECT}`)).json()).toMatchObject({
      encoder_params: '--cpu-used=6',
      scenes: { '00001': { encoder_params: '' }, '00002': { encoder_params: '--cpu-used=6 --cq-level=20' } }
    })
  })

  test('one project by its id', async () => {
    const bench = createApiBench([{}])
    expect(await (await bench.request(`/api/get_project/${PROJECT}`)).json()).toMatchObject({ projectid: PROJECT })
    const missing = await bench.request('/api/get_project/159.2')
    expect([missing.status, await missing.json()]).toEqual([200, MISSING])
  })
})

describe('add_project', () => {
  const BODY = {
    input: ['1.mkv', '2.mkv'],
    encoder: 'aom',
    encoder_params: '-b 10 --cpu-used=3',
    threshold: 50,
    min_frames: 140,
    max_frames: 160
  }

  test('the documented example makes one project for each file', async () => {
    const bench = createApiBench()
    bench.ids = ['x', 'y']
    const answer = await bench.post('/api/add_project', BODY)
    expect([answer.status, await answer.json()]).toEqual([200, { success: true, projectids: ['x', 'y'] }])
    const request = {
      encoder: 'aom',
      encodeResults: true,
      encoderParams: '-b 10 --cpu-used=3',
      threshold: 50,
      minFrames: 140,
      maxFrames: 160
    }
    expect(bench.calls).toEqual([
      [
        'submit',
        [
          { input: '1.mkv', ...request },
          { input: '2.mkv', ...request }
        ],
        false
      ]
    ])
  })

  test('one file as text, numbers as text, fields that nobody knows; the token makes it trusted', async () => {
    const bench = createApiBench()
    const answer = await bench.post(
      '/api/add_project',
      {
        input: 'a.mkv',
        encoder: 'vp9',
        threshold: '-1',
        min_frames: ' 12 ',
        priority: '0.5',
        audio: 'drop',
        colour: 'red'
      },
      bearer()
    )
    expect(await answer.json()).toEqual({ success: true, projectid: 'id1', projectids: ['id1'] })
    expect(bench.calls).toMatchObject([
      ['submit', [{ input: 'a.mkv', encoder: 'vp9', threshold: -1, minFrames: 12, priority: 0.5, audio: 'drop' }], true]
    ])
    expect(bench.calls[0]).not.toHaveProperty('1.0.colour')
  })

  test.for([
    ['no input', { encoder: 'aom' }],
    ['an empty list', { ...BODY, input: [] }],
    ['an empty name', { ...BODY, input: [''] }],
    ['a number for a name', { ...BODY, input: [5] }],
    ['too many files', { ...BODY, input: Array.from({ length: 101 }, () => 'a') }],
    ['no encoder', { input: ['a'] }],
    ['parameters that are no text', { ...BODY, encoder_params: ['-b', '10'] }],
    ['frames in words', { ...BODY, min_frames: 'many' }],
    ['frames that are nothing', { ...BODY, max_frames: '' }],
    ['an unknown choice of attachments', { ...BODY, attachments: 'burn' }],
    ['an infinite threshold', { ...BODY, threshold: 'Infinity' }],
    ['one output for two files', { ...BODY, output: 'out.mkv' }],
    ['a list', []],
    ['a word', '"aom"'],
    ['nothing', 'null']
  ] as const)('%s is refused with 200, success false and a reason', async ([, body]) => {
    const bench = createApiBench()
    const answer = await bench.post('/api/add_project', body)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ success: false, reason: expect.stringMatching(/./) })
    expect(bench.calls).toEqual([])
  })

  test("the node's own refusals keep their wording", async () => {
    const bench = createApiBench()
    bench.refusal = new ApiRefusal('not-found', 404, 'Input files not found: 1.mkv,2.mkv')
    const answer = await bench.post('/api/add_project', BODY)
    const json = await answer.json()
    expect([answer.status, json]).toEqual([200, { success: false, reason: 'Input files not found: 1.mkv,2.mkv' }])
  })

  test('an error of the node is 500, logged, and its text stays inside', async () => {
    const bench = createApiBench()
    bench.refusal = new Error('secret path /home/me')
    const answer = await bench.post('/api/add_project', BODY)
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('secret')
    expect(bench.errors).toHaveLength(1)
  })

  test('the wrong media type is 415, bad JSON is 400, a large body is 413, each with the same shape', async () => {
    const bench = createApiBench()
    const text = JSON.stringify(BODY)
    const answers = await Promise.all([
      bench.post('/api/add_project', text, { 'content-type': 'text/plain' }),
      bench.request('/api/add_project', { method: 'POST' }),
      bench.post('/api/add_project', text, { 'content-type': 'application/jsonp' }),
      bench.post('/api/add_project', '{"input": ['),
      bench.post('/api/add_project', JSON.stringify({ ...BODY, encoder_params: 'x'.repeat(1 << 20) })),
      bench.post('/api/add_project', text, { 'content-type': 'Application/JSON; charset=utf-8' })
    ])
    expect(answers.map((answer) => answer.status)).toEqual([415, 415, 415, 400, 413, 200])
    for (const answer of answers.slice(0, -1))
      expect(await answer.json()).toEqual({ success: false, reason: expect.stringMatching(/./) })
  })
})

describe.for(['/api/modify_project', '/api/modify'])('%s', (path) => {
  test.for([
    [3, 3],
    [-2.5, -2.5],
    ['7', 7],
    [' 0.25 ', 0.25],
    ['-1e3', -1000]
  ] as const)('takes %j', async ([given, priority]) => {
    const bench = createApiBench([{}])
    const answer = await bench.post(`${path}/${PROJECT}`, { priority: given, unknown: true })
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
    expect(bench.calls).toEqual([['setPriority', PROJECT, priority]])
  })

  test.for([['high'], [''], ['  '], [null], [true], [[1]], [{}], ['Infinity'], ['NaN'], ['0x10']] as const)(
    'refuses %j',
    async ([priority]) => {
      const bench = createApiBench([{}])
      const answer = await bench.post(`${path}/${PROJECT}`, { priority })
      const refusal = { success: false, reason: 'priority must be a number' }
      expect([answer.status, await answer.json()]).toEqual([200, refusal])
      expect(bench.calls).toEqual([])
    }
  )

  test('changes nothing when nothing is asked', async () => {
    const bench = createApiBench([{}])
    expect(await (await bench.post(`${path}/${PROJECT}`, {})).json()).toEqual({ success: true })
    expect(bench.calls).toEqual([])
  })

  test('of an unknown project, and of somebody else', async () => {
    const bench = createApiBench([{}])
    expect(await (await bench.post(`${path}/1`, { priority: 1 })).json()).toEqual(MISSING)
    bench.refusal = new ApiRefusal('not-allowed', 403, 'You are not allowed to do this!')
    const answer = await bench.post(`${path}/${PROJECT}`, { priority: 1 })
    const refusal = { success: false, reason: 'You are not allowed to do this!' }
    expect([answer.status, await answer.json()]).toEqual([200, refusal])
  })
})

describe('delete_project', () => {
  test('takes no body, and one as well', async () => {
    const bench = createApiBench([{}])
    for (const body of [undefined, {}, 'not even JSON'])
      expect(await (await bench.post(`/api/delete_project/${PROJECT}`, body)).json()).toEqual({ success: true })
    expect(bench.calls).toEqual([
      ['remove', PROJECT],
      ['remove', PROJECT],
      ['remove', PROJECT]
    ])
  })

  test('of an unknown project; GET deletes nothing', async () => {
    const bench = createApiBench([{}])
    const answer = await bench.post('/api/delete_project/1589.5')
    expect([answer.status, await answer.json()]).toEqual([200, MISSING])
    expect((await bench.request(`/api/delete_project/${PROJECT}`)).status).toBe(404)
    expect(bench.calls).toEqual([])
  })
})
