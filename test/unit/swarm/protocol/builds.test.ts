import { describe, expect, test } from 'vitest'
import {
  createWorkerState,
  isAlike,
  makerOf,
  mayUseBuild,
  ownerCode,
  refuseMaker,
  stepWorker,
  type Making,
  type NoWorkCode,
  type WorkerEvent
} from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'
import { hashNo, OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'

const BUILD = 'vp9/1.15.0/00000000'
const PROBE = { frames: hashNo(1), header: hashNo(2) }
const OTHER_BYTES = { ...PROBE, frames: hashNo(3) }
const OTHER_HEADER = { frames: hashNo(4), header: hashNo(5) }
const making = (more: Partial<Making> = {}): Making => ({
  self: OWNER,
  build: BUILD,
  builds: 'same',
  probe: PROBE,
  probing: false,
  ...more
})
const ask = { worker: WORKER, build: BUILD, probe: PROBE, known: true }

describe('[RULE 70] which builds', () => {
  test.each([
    ['same', BUILD, true],
    ['same', 'vp9/1.17.0/00000000', true],
    ['same', 'vp9/1.12.0/00000000', false],
    ['compatible', 'vp9/1.12.0/00000000', true],
    ['compatible', 'vp9-av/node-av-6.1.1/00000000', false]
  ] as const)('%s: %s may work: %s', (builds, build, may) => {
    expect(mayUseBuild({ encoderBuild: BUILD, builds }, build)).toBe(may)
  })
})

describe('[RULE 72] who gets a scene', () => {
  const cases: [
    string,
    Partial<Making>,
    Partial<Omit<typeof ask, 'probe'> & { probe: typeof PROBE | undefined }>,
    NoWorkCode?
  ][] = [
    ['the same probe', {}, {}],
    ['versions of equal bytes', {}, { build: 'vp9/1.17.0/00000000' }],
    ['another build', {}, { build: 'vp9/1.12.0/00000000' }, 'other-build'],
    ['other bytes of the same build', {}, { probe: OTHER_BYTES }, 'other-bytes'],
    ['no probe', {}, { probe: undefined }, 'no-probe'],
    ['before the owner has its own', { probe: undefined }, {}, 'not-ready'],
    ['the owner itself, before it has its own', { probe: undefined }, { worker: OWNER, probe: undefined }],
    ['the owner itself with a newer program', {}, { worker: OWNER, build: 'vp9/1.12.0/00000000' }, 'other-build'],
    ['compatible: other bytes', { builds: 'compatible' }, { probe: OTHER_BYTES }],
    ['compatible: another build', { builds: 'compatible' }, { build: 'vp9/1.12.0/00000000', probe: OTHER_BYTES }],
    ['compatible: another header', { builds: 'compatible' }, { probe: OTHER_HEADER }, 'other-header'],
    [
      'compatible: other bytes of a stranger',
      { builds: 'compatible' },
      { probe: OTHER_BYTES, known: false },
      'other-build'
    ],
    ['compatible: the same bytes of a stranger', { builds: 'compatible' }, { known: false }]
  ]
  test.each(cases)('%s', (_name, own, theirs, code) => {
    expect(refuseMaker(making(own), { ...ask, ...theirs })).toBe(code)
  })
})

test('[RULE 73] makers are alike by build and probe; one without a probe is the owner', () => {
  const owner = makerOf(making({ probe: undefined }), { ...ask, worker: OWNER })
  expect(owner).toEqual({ build: BUILD, probe: '' })
  const twin = makerOf(making(), ask)
  expect(isAlike(making(), owner, twin)).toBe(true)
  expect(isAlike(making(), owner, { ...twin, probe: OTHER_BYTES.frames })).toBe(false)
  expect(isAlike(making(), twin, { build: 'vp9/1.17.0/00000000', probe: PROBE.frames })).toBe(true)
  expect(isAlike(making(), twin, { build: 'vp9/1.12.0/00000000', probe: PROBE.frames })).toBe(false)
})

describe('an owner that does not know its own encoder yet', () => {
  const unprobed = { self: OWNER, build: BUILD, builds: 'same', probe: undefined } as const

  test('finds out with the first other worker, gives others nothing before, and wakes them then', () => {
    const bench = createOwnerBench([10, 20], { making: unprobed })
    bench.send({ type: 'connected', worker: OWNER })
    expect(bench.effects).toEqual([])
    bench.send({ type: 'connected', worker: 'a' })
    expect(bench.effects).toEqual([{ type: 'probe' }])
    bench.send({ type: 'connected', worker: 'b' })
    expect(bench.effects).toEqual([])
    expect(bench.claim('a', false, { build: BUILD, probe: PROBE })).toBeUndefined()
    expect(bench.effects).toMatchObject([{ type: 'no-work', code: 'not-ready' }])
    // Its own slot begins at once.
    expect(bench.claim(OWNER, false, { build: BUILD, probe: undefined })).toBeDefined()
    bench.send({ type: 'probed', probe: PROBE })
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'a' }])
    expect(bench.claim('a', false, { build: BUILD, probe: PROBE })?.maker).toEqual({
      build: BUILD,
      probe: PROBE.frames
    })
  })

  test('is asked by a claim as well, where it did not see the worker come', () => {
    const bench = createOwnerBench([10], { making: unprobed })
    bench.claim('a', false, { build: BUILD, probe: PROBE })
    expect(bench.effects).toMatchObject([{ type: 'probe' }, { type: 'no-work' }])
  })

  test('who was refused for good is not woken, and does not keep a hopeless project alive', () => {
    const bench = createOwnerBench([10, 20, 30], { making: { ...unprobed, probe: PROBE } })
    bench.send({ type: 'connected', worker: 'odd' })
    bench.claim('odd', false, { build: BUILD, probe: OTHER_BYTES })
    expect(bench.effects).toMatchObject([{ type: 'no-work', code: 'other-bytes' }])
    bench.send({ type: 'connected', worker: 'a' })
    for (let tries = 0; tries < 3; tries += 1) bench.fail(bench.claim('a', false, { build: BUILD, probe: PROBE }), 'a')
    expect(bench.all.filter(({ type }) => type === 'wake')).toEqual([])
    expect(bench.effects.at(-1)).toMatchObject({ type: 'end', state: 'failed' })
  })
})

describe('[RULE 74] scenes that have to have certain bytes', () => {
  const mixed = { self: OWNER, build: BUILD, builds: 'compatible', probe: PROBE } as const
  const same = { build: BUILD, probe: PROBE }
  const other = { build: 'vp9/1.12.0/00000000', probe: OTHER_BYTES }

  test('a lost one goes to who makes them, and nobody else may hand it in', () => {
    const bench = createOwnerBench([], { making: mixed, planned: false })
    const like = { build: other.build, probe: OTHER_BYTES.frames }
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true, like })
    expect(bench.claim('a', false, same)).toBeUndefined()
    expect(bench.effects).toMatchObject([{ type: 'no-work', code: 'none' }])
    const old = { projectId: bench.projectId, scene: 0, epoch: 0, attempt: 1 }
    bench.send({ type: 'restored', token: old, worker: 'a', maker: { build: BUILD, probe: PROBE.frames } })
    bench.result({ token: old }, 'a')
    expect(bench.effects).toMatchObject([{ type: 'settled', accepted: false }])
    expect(bench.claim('b', false, other)).toBeDefined()
  })

  test('whoever else is at work on it is told to stop', () => {
    const bench = createOwnerBench([10, 300], { making: mixed })
    const first = bench.claim('b', false, other)
    const old = { projectId: bench.projectId, scene: first?.token.scene ?? 0, epoch: 0, attempt: 1 }
    bench.send({ type: 'restored', token: old, worker: 'c', maker: { build: other.build, probe: OTHER_BYTES.frames } })
    bench.result(first, 'b')
    bench.renew({ token: old }, 'c', 1)
    bench.send({ type: 'verified', scene: old.scene, ok: false, blamed: false, unproven: true, reason: 'odd' })
    bench.renew({ token: old }, 'c', 2)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'c' }])
  })

  test('one that looks wrong and cannot be proved goes to who can be, and nobody is blamed', () => {
    const bench = createOwnerBench([10], { making: mixed })
    bench.result(bench.claim('b', false, other), 'b')
    expect(bench.effects).toMatchObject([{ type: 'verify', provable: false }])
    bench.send({ type: 'verified', scene: 0, ok: false, blamed: false, unproven: true, reason: 'odd' })
    expect(bench.effects).toMatchObject([{ type: 'settled', accepted: false }])
    expect(bench.claim('b', false, other)).toBeUndefined()
    const held = bench.claim('a', false, same)
    bench.result(held, 'a')
    expect(bench.effects).toMatchObject([{ type: 'verify', provable: true }])
    bench.verified(0, true)
    expect(bench.effects).toContainEqual(
      expect.objectContaining({
        type: 'accept',
        result: expect.objectContaining({ maker: { build: BUILD, probe: PROBE.frames } })
      })
    )
  })
})

describe('a worker', () => {
  const candidate = { projectId: 'p', owner: 'o', priority: 0, createdAtMs: 0, slotsMax: 1, probed: false }

  function begin(events: readonly WorkerEvent[]) {
    let state = createWorkerState(1, 0)
    const claims: number[] = []
    const send = (event: WorkerEvent): void => {
      const step = stepWorker(state, event)
      state = step.state
      for (const effect of step.effects) if (effect.type === 'claim') claims.push(effect.claimNo)
    }
    for (const event of events) send(event)
    return { send, claims }
  }

  test('[RULE 71] claims nothing before it knows its probe', () => {
    const { send, claims } = begin([
      { type: 'session-opened', owner: 'o' },
      { type: 'candidates', candidates: [candidate] },
      { type: 'tick', nowMs: 100_000 }
    ])
    expect(claims).toEqual([])
    send({ type: 'candidates', candidates: [{ ...candidate, probed: true }] })
    expect(claims).toEqual([1])
  })

  test.each([
    ['none', true],
    ['not-ready', true],
    ['no-probe', false],
    ['other-build', false],
    ['other-bytes', false],
    ['other-header', false]
  ] as const)('that is told %s asks again by itself: %s; and in any case when the owner is back', (code, again) => {
    const { send, claims } = begin([
      { type: 'session-opened', owner: 'o' },
      { type: 'candidates', candidates: [{ ...candidate, probed: true }] },
      { type: 'no-work', claimNo: 1, says: ownerCode(code) },
      { type: 'tick', nowMs: 100_000 }
    ])
    expect(claims).toHaveLength(again ? 2 : 1)
    send({ type: 'session-closed', owner: 'o' })
    send({ type: 'session-opened', owner: 'o' })
    expect(claims).toHaveLength(again ? 3 : 2)
  })
})
