import { type SceneWork, TWO_PASSES } from '../../../src/common/scene-progress.ts'
import { describe, expect, test } from 'vitest'
import { createSceneReader, filmColumnsOf } from '../../../src/api/scene-json.ts'
import { SCENE_STATES, type SceneState } from '../../../src/api/schemas/index.ts'
import type { KnownAttempt } from '../../../src/api/ports.ts'
import type { Beat, ProjectView } from '../../../src/swarm/protocol/index.ts'
import { attemptOf } from '../../fixtures/attempts.ts'
import { beatOf, viewOf } from '../../fixtures/api-bench.ts'
import { hashNo, WORKER } from '../../fixtures/protocol-samples.ts'

interface Given {
  readonly view?: ProjectView
  readonly beat?: Beat | undefined
  readonly work?: SceneWork
  readonly attempts?: readonly KnownAttempt[]
}

function readerOf({ view = viewOf(), beat, work = TWO_PASSES, attempts = [] }: Given) {
  return createSceneReader({ view, beat, work }, (scene) => attempts.filter((one) => one.scene === scene))
}

const told = (sceneState: Beat['sceneStates'][number], lease?: { pass: number; frames: number }): Beat =>
  beatOf({
    sceneStates: ['accepted', sceneState],
    leases: lease == null ? [] : [{ scene: 1, worker: WORKER, attempt: 1, ...lease }]
  })

describe('where a scene is', () => {
  test.for<[string, Given, SceneState, number, string | null]>([
    ['nothing was heard', {}, 'waiting', 0, null],
    ['open', { beat: told('open') }, 'waiting', 0, null],
    ['fetching', { beat: told('leased', { pass: 0, frames: 0 }) }, 'leased', 0, WORKER],
    ['no frame yet', { beat: told('leased', { pass: 1, frames: 0 }) }, 'leased', 0, WORKER],
    ['first pass', { beat: told('leased', { pass: 1, frames: 9 }) }, 'pass-1', 9, WORKER],
    ['second pass', { beat: told('leased', { pass: 2, frames: 0 }) }, 'pass-2', 0, WORKER],
    [
      'the only pass',
      { work: { ...TWO_PASSES, passes: 1 }, beat: told('leased', { pass: 1, frames: 9 }) },
      'pass-1',
      9,
      WORKER
    ],
    ['leased, and its lease has no room in the beat', { beat: told('leased') }, 'leased', 0, null],
    ['checked', { beat: told('verifying') }, 'verifying', 50, null],
    [
      'checked, and whose result it is was heard',
      { beat: told('verifying'), attempts: [attemptOf({ verdict: 'verifying', worker: 'w' })] },
      'verifying',
      50,
      'w'
    ],
    ['accepted, without a receipt yet', { beat: told('accepted') }, 'verifying', 50, null],
    ['parked', { beat: told('failed') }, 'failed', 0, null],
    [
      'of a project that has ended',
      { beat: told('leased', { pass: 1, frames: 9 }), view: viewOf({ end: { state: 'cancelled' } }) },
      'waiting',
      0,
      null
    ],
    ['more frames than it has', { beat: told('leased', { pass: 2, frames: 99 }) }, 'pass-2', 50, WORKER]
  ])('%s', ([, given, state, framesDone, worker]) => {
    const reader = readerOf(given)
    expect(reader.status(1)).toMatchObject({ scene: 1, state, framesDone, worker, bytes: 0, sha256: null, kbps: null })
    expect(reader.state(0)).toBe('done')
  })

  test('of two that encode it, the furthest counts', () => {
    const leases = [
      { scene: 1, worker: 'slow', attempt: 1, pass: 1, frames: 40 },
      { scene: 1, worker: 'quick', attempt: 2, pass: 2, frames: 3 },
      { scene: 1, worker: 'behind', attempt: 3, pass: 2, frames: 2 }
    ]
    expect(readerOf({ beat: beatOf({ leases }) }).status(1)).toMatchObject({ worker: 'quick', state: 'pass-2' })
  })

  test('a scene whose file was lost is not done, but only the beat that knows the whole log says so', () => {
    const lost = { ...told('open'), sceneStates: ['open', 'open'] } as const
    expect(readerOf({ beat: lost }).status(0)).toMatchObject({ state: 'waiting', bytes: 0, worker: null })
    expect(readerOf({ beat: { ...lost, seq: 0 } }).state(0)).toBe('done')
    expect(readerOf({ beat: { ...lost, epoch: 0 } }).state(0)).toBe('done')
  })
})

test('a scene that is done says what it became', () => {
  const attempts = [
    attemptOf({ scene: 0, attempt: 7, verdict: 'failed' }),
    attemptOf({ scene: 0, attempt: 0, verdict: 'accepted', psnr: 41, psnrMean: 43, xpsnr: 39.5 })
  ]
  expect(readerOf({ attempts }).status(0)).toEqual({
    scene: 0,
    start: 0,
    frames: 50,
    state: 'done',
    encoderParams: '',
    quantiser: null,
    worker: WORKER,
    framesDone: 50,
    bytes: 427_911,
    kbps: (427_911 * 8) / (50 / 24) / 1000,
    encodeSeconds: 0.001,
    psnr: 41,
    psnrMean: 43,
    xpsnr: 39.5,
    attempts: 2,
    sha256: hashNo(0),
    provedBy: null
  })
})

describe('the history of a scene', () => {
  test('has the accepted attempt even where nothing was heard of it', () => {
    expect(readerOf({}).history(0)).toMatchObject([
      { worker: WORKER, attempt: 0, startedAtMs: null, bytes: 427_911, encodeSeconds: 0.001, verdict: 'accepted' }
    ])
    expect(readerOf({}).status(0).attempts).toBe(1)
  })

  test('believes the receipt', () => {
    const attempts = [
      attemptOf({ scene: 0, attempt: 0, verdict: 'released', reason: 'not named any more', endedAtMs: 5 })
    ]
    expect(readerOf({ attempts }).history(0)).toMatchObject([
      { verdict: 'accepted', reason: '', bytes: 427_911, startedAtMs: 1000, endedAtMs: 5 }
    ])
  })
})

test('an attempt whose worker was caught later is taken back, and the receipt that followed stands', () => {
  const view = {
    ...viewOf({ scenes: [[50, 5], [20]] }),
    withdrawn: [{ worker: WORKER, reason: 'other bytes', scenes: [0, 1] }]
  }
  const attempts = [0, 1].map((scene) => attemptOf({ scene, attempt: 9, verdict: 'accepted' }))
  const taken = { verdict: 'withdrawn', reason: 'another result of this worker was wrong: other bytes' }
  const reader = readerOf({ view, beat: beatOf(), attempts })
  expect(reader.history(0)).toMatchObject([taken, { verdict: 'accepted', attempt: 0 }])
  expect(reader.history(1)).toMatchObject([taken])
  const proved = { ...view, withdrawn: [{ worker: 'its prover', reason: 'other bytes', scenes: [1] }] }
  expect(readerOf({ view: proved, beat: beatOf(), attempts }).history(1)).toMatchObject([
    { verdict: 'withdrawn', reason: 'a result of the worker that proved it was wrong: other bytes' }
  ])
})

test('a film in columns says what its scenes say', () => {
  const view = viewOf({ scenes: [[50, 5], [20], [30, 7]] })
  const beat = { ...beatOf(), sceneStates: ['accepted', 'leased', 'accepted'] } as const
  const attempts = [attemptOf({ scene: 2, attempt: 2, verdict: 'accepted', psnr: 40, psnrMean: 42 })]
  const film = filmColumnsOf({ view, beat, work: TWO_PASSES }, (scene) => attempts.filter((one) => one.scene === scene))
  expect(film).toEqual({
    projectId: view.projectId,
    frames: [50, 20, 30],
    state: ['done', 'pass-1', 'done'].map((state) => SCENE_STATES.indexOf(state as SceneState)),
    framesDone: [50, 20, 30],
    bytes: [5, 0, 7],
    encodeMs: [1, 0, 1],
    attempts: [1, 1, 1],
    psnr: [null, null, 40],
    psnrMean: [null, null, 42],
    xpsnr: [null, null, null],
    worker: [0, 0, 0],
    workers: [WORKER]
  })
})
