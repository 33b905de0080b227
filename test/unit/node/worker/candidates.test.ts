import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  candidatesOf,
  judgeProjects,
  type CandidatesComponents,
  type JudgedProject,
  type NodeFacts
} from '../../../../src/node/worker/candidates.ts'
import type { ProbeState } from '../../../../src/node/worker/probe-book.ts'
import type { Announce, OwnerCode, ProjectView } from '../../../../src/swarm/protocol/index.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'

const GIB = 2 ** 30
const BUILD = viewOf().announce.encoderBuild

const NODE: NodeFacts = {
  slots: 2,
  builds: [BUILD],
  isDraining: false,
  isPaused: false,
  pauseWords: '',
  isDiskFull: false
}

const COMPONENTS: CandidatesComponents = {
  self: WORKER,
  isTrusted: () => true,
  noSandboxFor: () => undefined,
  programFacts: () => undefined,
  isConnected: () => true,
  isFilmless: () => false,
  isAway: () => false,
  ownerSays: () => undefined,
  probeOf: () => ({ type: 'known' }),
  maxPicture: () => undefined,
  shortOf: () => undefined,
  memoryBytes: 16 * GIB
}

const FULL_HD = { width: 1920, height: 1080 }

const announced = (change: Partial<Announce>): ProjectView => {
  const view = viewOf()
  return { ...view, announce: { ...view.announce, ...change } }
}

function judged(view = viewOf(), node: Partial<NodeFacts> = {}, components: Partial<CandidatesComponents> = {}) {
  return judgeProjects([view], () => undefined, { ...NODE, ...node }, { ...COMPONENTS, ...components })
}

const reasonOf = ([one]: readonly JudgedProject[]): string | undefined => one?.reason?.code

describe('what a node makes of a project', () => {
  test('it works for it', () => {
    expect(candidatesOf(judged())).toEqual([
      { projectId: PROJECT, owner: OWNER, priority: 0, createdAtMs: 1_700_000_000_000, slotsMax: 138, probed: true }
    ])
    expect(reasonOf(judged())).toBeUndefined()
  })

  test('a picture that is as large as its user allows is encoded, upright too', () => {
    for (const size of [FULL_HD, { width: 1080, height: 1920 }])
      expect(reasonOf(judged(announced(size), {}, { maxPicture: () => FULL_HD }))).toBeUndefined()
  })

  test('what needs nobody any more is not judged', () => {
    expect(judged(viewOf({ end: {} }))).toEqual([])
    expect(judged(viewOf({ scenes: [[50, 9]] }))).toEqual([])
  })

  test.for([
    ['no-slots', viewOf(), { slots: 0 }, {}],
    ['no-encoder', viewOf(), { builds: [] }, {}],
    ['not-installed', viewOf(), { builds: ['svt/1.4.1/b2069ea8'] }, {}],
    ['other-build', viewOf(), { builds: ['aom/3.12.1/bc870609'] }, {}],
    ['untrusted-owner', viewOf(), {}, { isTrusted: () => false }],
    ['no-sandbox', viewOf(), {}, { noSandboxFor: () => 'bubblewrap is not installed' }],
    ['owner-away', viewOf(), {}, { isTrusted: () => false, isConnected: () => false }],
    ['relay-no-films', viewOf(), {}, { isFilmless: () => true }],
    ['parameters', announced({ encoderParams: '--fpf=/tmp/x' }), {}, {}],
    ['parameters', announced({ encoderName: 'svt', encoderParams: '', pixelFormat: 'yuv444p' }), {}, {}],
    ['too-large', announced({ width: 1920, height: 1082 }), {}, { maxPicture: () => FULL_HD }],
    ['too-large', announced({ width: 1082, height: 1920 }), {}, { maxPicture: () => FULL_HD }],
    ['memory', announced({ width: 16_384, height: 16_384 }), {}, {}],
    ['memory', viewOf(), {}, { shortOf: () => 'too little' }],
    ['memory', viewOf(), {}, { self: OWNER, shortOf: () => 'too little' }]
  ] as const satisfies readonly (readonly [string, ProjectView, Partial<NodeFacts>, Partial<CandidatesComponents>])[])(
    '%s: it does not ask the owner',
    ([code, view, node, components]) => {
      const found = judged(view, node, components)
      expect(reasonOf(found)).toBe(code)
      expect(candidatesOf(found)).toEqual([])
    }
  )

  test.for([
    ['draining', { isDraining: true }, {}],
    ['paused', { isPaused: true }, {}],
    ['disk-full', { isDiskFull: true }, {}],
    ['owner-away', {}, { isAway: () => true }],
    ['held-off', {}, { ownerSays: (): OwnerCode => 'held-off' }],
    ['other-bytes', {}, { ownerSays: (): OwnerCode => 'other-bytes' }],
    ['not-ready', {}, { ownerSays: (): OwnerCode => 'not-ready' }],
    ['queued', {}, { ownerSays: (): OwnerCode => 'queued' }],
    ['probing', {}, { probeOf: (): ProbeState => ({ type: 'making' }) }],
    ['probe-failed', {}, { probeOf: (): ProbeState => ({ type: 'failed', reason: 'it crashed' }) }]
  ] as const)('%s: it asks again when that is over', ([code, node, components]) => {
    const found = judged(viewOf(), node, components)
    expect(reasonOf(found)).toBe(code)
    expect(candidatesOf(found)).toHaveLength(1)
  })

  test('an own film is tried with whatever memory there is', () => {
    const [own] = judged(announced({ width: 16_384, height: 16_384 }), {}, { self: OWNER })
    expect([own?.reason, own?.slotsMax]).toEqual([undefined, 1])
    const [others] = judged(announced({ width: 16_384, height: 16_384 }))
    expect(others?.reason?.detail).toBe('134.2 GiB for a scene, and 16.0 GiB are available')
  })

  test('what strangers ask for, and what no encoder here could make, is not looked into', () => {
    const bad = announced({ encoderParams: '--fpf=/tmp/x' })
    expect(reasonOf(judged(bad, {}, { isTrusted: () => false }))).toBe('untrusted-owner')
    expect(reasonOf(judged(bad, { builds: ['aom/0/0'] }))).toBe('other-build')
    const asked: string[] = []
    judged(bad, { slots: 0 }, { isTrusted: (owner) => asked.push(owner) > 0 })
    expect(asked).toEqual([])
  })
})

test('a project without a reason is asked for, and one with a standing reason is not', () => {
  const flag = fc.boolean()
  fc.assert(
    fc.property(
      fc.record({
        slots: fc.nat(2),
        builds: fc.subarray([BUILD, 'aom/0/0']),
        isDraining: flag,
        isPaused: flag,
        isDiskFull: flag
      }),
      fc.record({ trusted: flag, connected: flag, away: flag, held: flag }),
      fc.record({
        encoderParams: fc.constantFrom('--cpu-used=6', '--fpf=x'),
        width: fc.constantFrom(640, 16_384),
        height: fc.constant(16_384)
      }),
      (node, owner, announce) => {
        const found = judged(announced(announce), node, {
          isTrusted: () => owner.trusted,
          isConnected: () => owner.connected,
          isAway: () => owner.away,
          ownerSays: () => (owner.held ? 'held-off' : undefined)
        })
        const [one] = found
        expect(candidatesOf(found)).toHaveLength(one?.isCandidate === true ? 1 : 0)
        if (one?.reason == null) expect(candidatesOf(found)[0]?.slotsMax).toBeGreaterThan(0)
      }
    )
  )
})
