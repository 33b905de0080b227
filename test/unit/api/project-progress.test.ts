import { expect, test } from 'vitest'
import { projectStatusOf } from '../../../src/api/project-json.ts'
import type { ProjectSnapshot } from '../../../src/api/ports.ts'
import { TWO_PASSES } from '../../../src/common/scene-progress.ts'
import type { Beat, ProjectView } from '../../../src/swarm/protocol/index.ts'
import { beatOf, viewOf } from '../../fixtures/api-bench.ts'

function statusOf(view: ProjectView, beat: Beat | undefined, change: Partial<ProjectSnapshot> = {}) {
  const rest = { outputPath: undefined, own: true, film: undefined, stale: false, quantiserFlag: '' }
  return projectStatusOf({ view, beat, work: TWO_PASSES, ...rest, ...change })
}

/** A second scene of 50 frames, after one that is accepted. */
const half = viewOf()
const fresh = viewOf({ scenes: [[50], [50]] })
const leaseOf = (scene: number, frames: number) => ({ scene, worker: 'w', attempt: 1, pass: 2, frames })

test.each([
  ['scenes run', half, beatOf({ leases: [leaseOf(1, 10)] }), ['encoding']],
  [
    'the analysis still runs too',
    { ...half, planned: undefined },
    beatOf({ leases: [leaseOf(1, 10)] }),
    ['analysing', 'encoding']
  ],
  ['only the analysis runs', { ...fresh, planned: undefined }, beatOf({ leases: [] }), ['analysing']],
  ['the last result is checked', half, beatOf({ leases: [], sceneStates: ['accepted', 'verifying'] }), ['checking']],
  ['the scenes are joined', half, beatOf({ leases: [], state: 'joining' }), ['joining']],
  ['it waits', half, beatOf({ leases: [], state: 'waiting' }), []],
  ['nobody is at work', half, beatOf({ leases: [] }), []]
] as const)('what goes on while %s', (_, view, beat, phases) => {
  expect(statusOf(view, beat).phases).toEqual(phases)
})

test('progress does not go back while a receipt is on its way into the log', () => {
  const frames = (...sceneStates: Beat['sceneStates']) => statusOf(half, beatOf({ leases: [], sceneStates })).frames
  expect([frames('accepted', 'verifying'), frames('accepted', 'accepted'), frames('accepted', 'open')]).toEqual([
    100, 100, 50
  ])
})

test('nothing is done to the last percent before the file is there', () => {
  const checking = statusOf(half, beatOf({ leases: [], sceneStates: ['accepted', 'verifying'] }))
  expect(checking).toMatchObject({ frames: 100, totalFrames: 100, share: 0.99, etaSeconds: null })
  expect(
    statusOf(half, beatOf({ leases: [], state: 'joining', sceneStates: ['accepted', 'accepted'] })).share
  ).toBeLessThan(1)
})

test('a few frames say nothing of the time that is left', () => {
  const eta = (frames: number) =>
    statusOf(fresh, beatOf({ leases: [leaseOf(0, frames)], sceneStates: ['leased', 'open'], fps: 2 })).etaSeconds
  expect([eta(0), eta(1), eta(15)]).toEqual([null, null, null])
  expect(eta(40)).toBeCloseTo((100 - 41) / 2, 0)
  expect(statusOf(half, beatOf({ leases: [], fps: 2 })).etaSeconds).toBe(25)
  expect(statusOf(half, beatOf({ leases: [], fps: 0 })).etaSeconds).toBeNull()
})

test('the estimate of the file contains its sound', () => {
  const video = statusOf(half, beatOf()).estimatedBytes ?? 0
  expect(statusOf(half, beatOf(), { soundBytes: 7000 }).estimatedBytes).toBe(video + 7000)
  expect(statusOf(fresh, beatOf(), { soundBytes: 7000 }).estimatedBytes).toBeNull()
})

test('a running scene has its frames and its share', () => {
  const [one] = statusOf(half, beatOf({ leases: [leaseOf(1, 25)] })).running
  expect(one).toMatchObject({ sceneFrames: 50, frames: 25 })
  expect(one?.share).toBeCloseTo(0.15 + 0.85 / 2)
})

test('of many workers that were caught the last ones are told', () => {
  const withdrawn = Array.from({ length: 99 }, (_, at) => ({ worker: `w${at}`, reason: 'other bytes', scenes: [0, 1] }))
  const { caught, warnings } = statusOf({ ...half, withdrawn }, beatOf())
  expect([caught.length, warnings.length]).toEqual([16, 16])
  expect(caught.at(-1)).toEqual({ worker: 'w98', reason: 'other bytes', scenes: 2 })
})
