import { describe, expect, test } from 'vitest'
import { createWorkCounts } from '../../../src/node/peers/work-counts.ts'
import { createWorkRates } from '../../../src/node/peers/work-rates.ts'
import { beatOf, viewOf } from '../../fixtures/api-bench.ts'
import { hashNo, OWNER, PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'
import type { Accept, Beat, LogBody, LogRecord, ProjectView } from '../../../src/swarm/protocol/index.ts'

const record = (body: LogBody): LogRecord => ({ projectId: PROJECT, epoch: 1, seq: 2, prev: '', body })
const END = { state: 'removed', reason: '', outputSha256: '', outputBytes: 0, endedAtMs: 1 } as const

const acceptOf = (scene: number, worker: string, attempt = 1): Accept => ({
  scene,
  result: { sha256: hashNo(scene), bytes: 9 },
  worker,
  epoch: 1,
  attempt,
  encodeMs: 1
})

/** The view after a receipt, and the record that brought it. */
function accepted(view: ProjectView, accept: Accept) {
  const scene = view.scenes[accept.scene]
  if (scene == null) throw new Error('no such scene')
  const next = { ...view, scenes: view.scenes.with(accept.scene, { ...scene, accepted: accept }) }
  return { view: next, record: record({ type: 'accept', accept }) }
}

describe('scenes done', () => {
  test('those of logs that were there, then each receipt, once', () => {
    const views = new Map([[PROJECT, viewOf({ scenes: [[50, 1], [50], [50]] })]])
    const counts = createWorkCounts({ views })
    expect([counts.doneBy(WORKER), counts.doneBy(OWNER)]).toEqual([1, 0])
    const change = accepted(viewOf({ scenes: [[50, 1], [50], [50]] }), acceptOf(1, OWNER))
    views.set(PROJECT, change.view)
    counts.note(change)
    expect([counts.doneBy(WORKER), counts.doneBy(OWNER)]).toEqual([1, 1])
    // A receipt that proves two histories is in no view.
    counts.note({ view: change.view, record: record({ type: 'accept', accept: acceptOf(1, WORKER) }) })
    expect([counts.doneBy(WORKER), counts.doneBy(OWNER)]).toEqual([1, 1])
  })

  test('a project that shows up with receipts counts as it is', () => {
    const views = new Map<string, ProjectView>()
    const counts = createWorkCounts({ views })
    const change = accepted(viewOf({ scenes: [[50, 1], [50]] }), acceptOf(1, WORKER))
    views.set(PROJECT, change.view)
    counts.note(change)
    expect(counts.doneBy(WORKER)).toBe(2)
  })

  test('what was removed or forgotten counts no more', () => {
    const views = new Map([[PROJECT, viewOf({ scenes: [[50, 1]] })]])
    const removed = createWorkCounts({ views })
    removed.note({ view: viewOf({ scenes: [], end: END }), record: record({ type: 'end', end: END }) })
    expect(removed.doneBy(WORKER)).toBe(0)
    const forgotten = createWorkCounts({ views })
    expect(forgotten.doneBy(WORKER)).toBe(1)
    views.clear()
    forgotten.sweep()
    expect(forgotten.doneBy(WORKER)).toBe(0)
  })

  test('the room that a new project took from another shows without a sweep', () => {
    const views = new Map([[PROJECT, viewOf({ scenes: [[50, 1]] })]])
    const counts = createWorkCounts({ views })
    const other = viewOf({ projectId: 'other', scenes: [[50]] })
    views.clear()
    views.set('other', other)
    counts.note({ view: other, record: { ...record({ type: 'update', priority: 1 }), projectId: 'other' } })
    expect(counts.doneBy(WORKER)).toBe(0)
  })
})

describe('frames a second', () => {
  const lease = (scene: number, pass: number, frames: number, attempt = 1) => ({
    scene,
    worker: WORKER,
    attempt,
    pass,
    frames
  })
  const leased = (...leases: ReturnType<typeof lease>[]): Beat => beatOf({ leases, sceneStates: ['leased', 'leased'] })
  /** Two scenes of 50 frames, of an encoder with two passes. */
  const bench = () => {
    const views = new Map([[PROJECT, viewOf({ scenes: [[50], [50]] })]])
    return { views, rates: createWorkRates({ views }) }
  }

  test('the first pass of two counts less, and what was done before does not count', () => {
    const { rates } = bench()
    rates.noteBeat(leased(lease(0, 1, 40)), 0)
    expect(rates.perSecond(WORKER, 0)).toBe(0)
    rates.noteBeat(leased(lease(0, 2, 10)), 10_000)
    // Of 50 frames the first pass is 2.5, and the second has done its 12 of looking ahead when the first comes out.
    expect(rates.perSecond(WORKER, 10_000)).toBeCloseTo((2.5 + (47.5 * 22) / 62 - 2) / 10)
    rates.noteBeat(leased(lease(0, 2, 10), lease(1, 1, 20)), 20_000)
    expect(rates.perSecond(WORKER, 20_000)).toBeCloseTo((2.5 + (47.5 * 22) / 62 - 2 + 1) / 20)
    // Nothing new for longer than the window.
    expect(rates.perSecond(WORKER, 60_000)).toBe(0)
    expect(rates.perSecond(OWNER, 20_000)).toBe(0)
  })

  test('a receipt brings what no beat said, and an old log that comes in nothing', () => {
    const { views, rates } = bench()
    rates.noteBeat(leased(lease(0, 1, 0)), 0)
    rates.noteBeat(beatOf({ leases: [], sceneStates: ['verifying', 'open'] }), 1000)
    const change = accepted(viewOf({ scenes: [[50], [50]] }), acceptOf(0, WORKER))
    views.set(PROJECT, change.view)
    rates.noteRecord(change, 10_000)
    expect(rates.perSecond(WORKER, 10_000)).toBe(5)
    rates.noteRecord(accepted(change.view, acceptOf(1, WORKER, 7)), 10_000)
    expect(rates.perSecond(WORKER, 10_000)).toBe(5)
  })

  test('an attempt that was given up is forgotten, and the next counts from its start', () => {
    const { rates } = bench()
    rates.noteBeat(leased(lease(0, 1, 40)), 0)
    rates.noteBeat(beatOf({ leases: [], sceneStates: ['open', 'open'] }), 1000)
    rates.noteBeat(leased(lease(0, 1, 20, 2)), 10_000)
    expect(rates.perSecond(WORKER, 10_000)).toBeCloseTo(0.1)
  })
})
