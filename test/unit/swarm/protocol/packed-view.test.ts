import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeKept,
  encodeKept,
  factsOf,
  packView,
  withTitle,
  type ProjectView,
  type SceneView
} from '../../../../src/swarm/protocol/index.ts'
import { accept, scenePlan } from '../../../fixtures/protocol-arbitraries.ts'
import { announceBody, chainOf, endBody, foldAll, logBodies } from '../../../fixtures/protocol-chains.ts'
import { WORKER } from '../../../fixtures/protocol-samples.ts'

/** Scenes that tile a film, with whatever plans and receipts may hold. */
const scenes: fc.Arbitrary<SceneView[]> = fc
  .array(fc.record({ plan: scenePlan, accepted: fc.option(accept, { nil: undefined }) }), { maxLength: 20 })
  .map((some) => {
    let start = 0
    return some.map(({ plan, accepted }, index) => {
      const placed = { ...plan, index, start }
      start += plan.frames
      return { plan: placed, accepted: accepted && { ...accepted, scene: index } }
    })
  })

const ended = (): ProjectView => foldAll(chainOf([announceBody, endBody('cancelled')]))

const unpacked = (view: ProjectView): ProjectView => ({ ...view, facts: undefined })

describe('a packed view', () => {
  test('has the scenes that it had, and tells the same of them together', () => {
    fc.assert(
      fc.property(scenes, (some) => {
        const view = { ...ended(), scenes: some }
        const packed = packView(view)
        expect(unpacked(packed)).toEqual(view)
        expect(packed.facts).toEqual(factsOf(view))
      })
    )
  })

  test('of any log that has ended comes back from its bytes', () => {
    fc.assert(
      fc.property(logBodies, (bodies) => {
        const view = foldAll(chainOf(bodies))
        const kept = decodeKept(encodeKept({ view, bytes: 7, journalBytes: 8 }, '1'), '1')
        expect(kept).toMatchObject({ bytes: 7, journalBytes: 8 })
        expect(kept && unpacked(kept.view)).toEqual(view)
      })
    )
  })

  test('counts scenes by worker and by build', () => {
    const bodies = fc.sample(logBodies, { numRuns: 50, seed: 1 })
    for (const view of bodies.map((each) => foldAll(chainOf(each)))) {
      const { acceptedScenes, scenes } = view
      const counts = acceptedScenes === 0 ? [] : [[WORKER, acceptedScenes]]
      const madeBy = acceptedScenes === 0 ? [] : [['', acceptedScenes]]
      expect(factsOf(packView(view))).toEqual({ scenes: scenes.length, doneBy: counts, madeBy, proved: 0 })
    }
  })

  test('gives the same scenes as long as somebody holds them, also under another title', () => {
    const packed = packView(foldAll(chainOf(fc.sample(logBodies, { numRuns: 1, seed: 1 })[0] ?? [])))
    const held = packed.scenes
    expect(packed.scenes).toBe(held)
    const titled = withTitle(packed, 'another')
    expect(titled.announce.title).toBe('another')
    expect(packView(titled)).toBe(titled)
    expect(titled.scenes).toEqual(held)
  })

  test('that another version wrote is not read', () => {
    expect(decodeKept(encodeKept({ view: ended(), bytes: 1, journalBytes: 0 }, '1'), '2')).toBeUndefined()
  })
})
