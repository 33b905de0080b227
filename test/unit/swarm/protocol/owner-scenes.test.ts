import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOwnerState, DEFAULT_TIMING, type OwnerScene } from '../../../../src/swarm/protocol/index.ts'
import { addScene, firstNotLonger, isOpen, mapLeased, withScene } from '../../../../src/swarm/protocol/owner-scenes.ts'
import { derivedOf, MAKER, MAKING } from '../../../fixtures/owner-bench.ts'
import { hashNo, PROJECT } from '../../../fixtures/protocol-samples.ts'

const token = { projectId: PROJECT, scene: 0, epoch: 1, attempt: 1 }
const lease = fc.record({
  attempt: fc.nat(),
  epoch: fc.constant(1),
  worker: fc.constantFrom('a', 'b'),
  standing: fc.constantFrom('trusted', 'stranger'),
  pass: fc.nat(2),
  frames: fc.nat(100),
  grantedAtMs: fc.nat(),
  begunAtMs: fc.nat(),
  expiresAtMs: fc.nat(),
  hardAtMs: fc.nat(),
  stalledAtMs: fc.nat(),
  pausedAtMs: fc.constant(undefined),
  pausedMs: fc.constant(0),
  fetched: fc.boolean(),
  heard: fc.boolean()
})
/** Any scene at all, whether an owner could come to it or not. Few lengths, so that many are equal. */
const scene: fc.Arbitrary<OwnerScene> = fc.record({
  frames: fc.constantFrom(1, 10, 10, 20, 300),
  accepted: fc.boolean(),
  failed: fc.boolean(),
  leases: fc.array(lease, { maxLength: 2 }),
  results: fc.constantFrom(
    [],
    [],
    [{ token, worker: 'a', blob: { sha256: hashNo(1), bytes: 1 }, encodeMs: 1, maker: MAKER }]
  ),
  proofWanted: fc.boolean(),
  failures: fc.constant([]),
  silent: fc.constant([]),
  granted: fc.constant([]),
  notBeforeMs: fc.constantFrom(0, 0, 5000, Infinity),
  like: fc.constantFrom(undefined, MAKER)
})

const kept = ({
  queue,
  queuedFrames,
  paused,
  leased,
  acceptedScenes,
  failedScenes
}: ReturnType<typeof createOwnerState>) => ({
  queue,
  queuedFrames,
  paused,
  leased,
  acceptedScenes,
  failedScenes
})

const empty = createOwnerState(PROJECT, 1, DEFAULT_TIMING, MAKING)

test('queue, leased ones and counts are those of the scenes after any changes, and older states stay as they are', () => {
  const change = fc.record({ index: fc.nat(25), scene, isNew: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
      let state = empty
      for (const { index, scene: next, isNew } of changes) {
        const before = state
        const copy = structuredClone(kept(before))
        const frames = state.scenes[index]?.frames
        // A scene keeps its length for life.
        state = isNew || frames == null ? addScene(state, next) : withScene(state, index, { ...next, frames })
        expect(kept(state)).toEqual(derivedOf(state))
        expect(kept(before)).toEqual(copy)
      }
    }),
    { numRuns: 200 }
  )
})

test('a scene that is not there changes nothing', () => {
  fc.assert(
    fc.property(scene, (one) => {
      const state = addScene(empty, one)
      expect(withScene(state, 1, one)).toBe(state)
    })
  )
})

test('mapLeased sees every scene with leases once and no other, also when a change ends leases', () => {
  fc.assert(
    fc.property(fc.array(scene, { maxLength: 20, size: 'max' }), fc.nat(3), (scenes, keep) => {
      let state = empty
      for (const one of scenes) state = addScene(state, one)
      const seen: number[] = []
      const next = mapLeased(state, (one, index) => {
        seen.push(index)
        return index % 4 === keep ? one : { ...one, leases: [] }
      })
      expect(new Set(seen)).toEqual(derivedOf(state).leased)
      expect(seen).toHaveLength(state.leased.size)
      expect(kept(next)).toEqual(derivedOf(next))
      next.scenes.forEach((one, index) => {
        if (state.leased.has(index) && index % 4 !== keep) expect(one.leases).toEqual([])
        else expect(one).toBe(state.scenes[index])
      })
    })
  )
})

test('the first that is not longer, as a look at each would find it', () => {
  fc.assert(
    fc.property(fc.array(scene, { maxLength: 30, size: 'max' }), fc.integer({ min: 0, max: 310 }), (scenes, frames) => {
      let state = empty
      for (const one of scenes) state = addScene(state, one)
      const at = state.queue.findIndex((index) => (state.scenes[index]?.frames ?? 0) <= frames)
      expect(firstNotLonger(state, frames)).toBe(at === -1 ? state.queue.length : at)
    })
  )
})

test('open is what is neither accepted nor parked nor delivered', () => {
  fc.assert(
    fc.property(scene, (one) => {
      expect(isOpen(one)).toBe(!(one.accepted || one.failed || one.results.length > 0))
    })
  )
})
