import { TWO_PASSES } from '../../../src/common/scene-progress.ts'
import { expect, test } from 'vitest'
import { projectStatusOf } from '../../../src/api/project-json.ts'
import { beatOf, viewOf } from '../../fixtures/api-bench.ts'
import type { ProjectView } from '../../../src/swarm/protocol/index.ts'

/** A film of a hundred scenes of 50 frames, of which the first took so many milliseconds. */
function statusAfter(encodeMs: readonly number[], fps = 10) {
  const view = viewOf({ scenes: Array.from({ length: 100 }, (_, n) => (n < encodeMs.length ? [50, 1] : [50])) })
  const scenes = view.scenes.map((scene, n) =>
    scene.accepted == null ? scene : { ...scene, accepted: { ...scene.accepted, encodeMs: encodeMs[n] ?? 0 } }
  )
  const timed: ProjectView = { ...view, scenes }
  return projectStatusOf({
    view: timed,
    beat: beatOf({ leases: [], sceneStates: [], fps }),
    work: TWO_PASSES,
    outputPath: undefined,
    own: true,
    stale: false,
    film: undefined,
    quantiserFlag: ''
  })
}

test('scenes that differ make the range wide, the same ones none', () => {
  const { etaSeconds, etaRange } = statusAfter([1000, 2000, 3000, 2000])
  expect(etaRange?.likely).toBe(etaSeconds)
  expect(etaRange?.low).toBeLessThan(0.6 * (etaSeconds ?? 0))
  expect(etaRange?.high).toBeGreaterThan(1.4 * (etaSeconds ?? 0))
  const same = statusAfter([2000, 2000, 2000])
  expect(same.etaRange).toEqual({ likely: same.etaSeconds, low: same.etaSeconds, high: same.etaSeconds })
})

test('nothing before the first scene, without a rate, and once a twentieth is done', () => {
  expect(statusAfter([]).etaRange).toBeNull()
  expect(statusAfter([1000, 2000], 0).etaRange).toBeNull()
  expect(statusAfter([1000, 2000, 1000, 2000]).etaRange).not.toBeNull()
  expect(statusAfter([1000, 2000, 1000, 2000, 1000]).etaRange).toBeNull()
})
