import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createWorkerState,
  DEFAULT_TIMING,
  jobKey,
  LIMITS,
  nextDeadlineMs,
  sharesAhead,
  stepWorker,
  type OwnerEffect,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerState
} from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'
import { OWNER, PROJECT } from '../../../fixtures/protocol-samples.ts'

type Bench = ReturnType<typeof createOwnerBench>

const HOUR = 3_600_000
const { leaseTtlMs, leaseGraceMs } = DEFAULT_TIMING

const equal = (count: number, frames = 100): number[] => Array.from({ length: count }, () => frames)

/** Has a worker do a scene at so many milliseconds a frame, with so many slots. */
function meet(bench: Bench, worker: string, msPerFrame: number, slots = 1): void {
  bench.send({ type: 'connected', worker })
  const lease = bench.claim(worker, false, { slots })
  const frames = bench.state.scenes[lease?.token.scene ?? -1]?.frames ?? 0
  bench.now += frames * msPerFrame
  bench.deliver(lease, worker, { encodeMs: frames * msPerFrame })
}

/** Claims in turn until nobody gets any more. @returns the scenes of each */
function handOut(bench: Bench, workers: Readonly<Record<string, number>>): Record<string, number[]> {
  const got: Record<string, number[]> = {}
  for (let more = true; more;) {
    more = false
    for (const [worker, slots] of Object.entries(workers)) {
      const grant = bench.claim(worker, true, { slots })
      if (grant != null) (got[worker] ??= []).push(grant.token.scene)
      more ||= grant != null
    }
  }
  return got
}

const said = (effects: readonly OwnerEffect[], type: OwnerEffect['type']) =>
  effects.filter((effect) => effect.type === type)

describe('an owner that goes away', () => {
  test('tells each worker that it knows, once in each session', () => {
    const bench = createOwnerBench(equal(4))
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    expect(said(bench.effects, 'away')).toEqual([{ type: 'away', worker: 'a', forMs: HOUR }])
    bench.claim('a', true, { slots: 1 })
    expect(said(bench.effects, 'away')).toEqual([])
    bench.now += 1000
    bench.send({ type: 'disconnected', worker: 'a' })
    bench.send({ type: 'connected', worker: 'a' })
    expect(said(bench.effects, 'away')).toEqual([{ type: 'away', worker: 'a', forMs: HOUR - 1000 }])
  })

  test('gives as many scenes as can be done until it is back, and not one more', () => {
    const bench = createOwnerBench(equal(50))
    meet(bench, 'a', 1000)
    bench.send({ type: 'away', forMs: 10 * 100_000 })
    expect(handOut(bench, { a: 1 }).a).toHaveLength(10)
    const twice = createOwnerBench(equal(50))
    meet(twice, 'a', 1000, 2)
    twice.send({ type: 'away', forMs: 10 * 100_000 })
    expect(handOut(twice, { a: 2 }).a).toHaveLength(20)
  })

  test('gives each scene to one worker, the faster one more of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        (frames, ratio, seconds) => {
          const bench = createOwnerBench(frames)
          meet(bench, 'fast', 10)
          meet(bench, 'slow', 10 * ratio)
          bench.send({ type: 'away', forMs: seconds * 1000 })
          const { fast = [], slow = [] } = handOut(bench, { slow: 1, fast: 1 })
          const all = [...fast, ...slow]
          expect(new Set(all).size).toBe(all.length)
          expect(bench.state.scenes.every((scene) => scene.leases.length <= 1)).toBe(true)
          const timeOf = (scenes: number[], ms: number): number =>
            scenes.reduce((sum, scene) => sum + (frames[scene] ?? 0) * ms, 0)
          expect(timeOf(fast, 10)).toBeLessThanOrEqual(seconds * 1000)
          expect(timeOf(slow, 10 * ratio)).toBeLessThanOrEqual(seconds * 1000)
          // What is left fits into nobody's time.
          for (const scene of bench.state.queue) {
            const left = Math.min(timeOf([...fast, scene], 10), timeOf([...slow, scene], 10 * ratio))
            expect(left).toBeGreaterThan(seconds * 1000)
          }
        }
      ),
      { numRuns: 60 }
    )
  })

  test('counts what a worker holds of its other projects', () => {
    const bench = createOwnerBench(equal(50))
    meet(bench, 'a', 1000)
    bench.send({ type: 'away', forMs: 10 * 100_000 })
    let count = 0
    while (bench.claim('a', true, { slots: 1, workElsewhereMs: 700_000 }) != null) count += 1
    expect(count).toBe(3)
  })

  test('gives nothing to strangers, to its own slots, and to workers that take nothing ahead', () => {
    const bench = createOwnerBench(equal(9), { self: 'me' })
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    expect(bench.claim('me', false, { slots: 4 })).toBeUndefined()
    expect(bench.claim('s', false, { slots: 4, standing: 'stranger', known: false, range: 'r' })).toBeUndefined()
    expect(bench.claim('t', false, { slots: 4, known: false })).toBeUndefined()
    expect(bench.claim('old', false)).toBeUndefined()
    expect(said(bench.all, 'away')).toHaveLength(1)
  })

  test(`gives one worker at most aheadMax scenes`, () => {
    const bench = createOwnerBench(equal(LIMITS.aheadMax + 20, 1))
    meet(bench, 'a', 1)
    bench.send({ type: 'away', forMs: 24 * HOUR })
    expect(handOut(bench, { a: 1 }).a).toHaveLength(LIMITS.aheadMax)
  })

  test('knows when a worker has all that it gets, and the pieces of it', () => {
    const bench = createOwnerBench(equal(3))
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    const grants = [bench.claim('a', true, { slots: 1 }), bench.claim('a', true, { slots: 1 })]
    expect(sharesAhead(bench.state)).toEqual([{ worker: 'a', scenes: 2, fetched: 0, ready: false }])
    for (const { token } of grants.flatMap((grant) => grant ?? []))
      bench.send({ type: 'renew', worker: 'a', token, pass: 0, frames: 0, paused: false, fetched: true })
    expect(sharesAhead(bench.state)).toEqual([{ worker: 'a', scenes: 2, fetched: 2, ready: false }])
    expect(bench.claim('a', true, { slots: 1 })).toBeUndefined()
    expect(sharesAhead(bench.state)).toEqual([{ worker: 'a', scenes: 2, fetched: 2, ready: true }])
  })

  test('keeps the leases while it is away, whatever becomes of the connection', () => {
    const bench = createOwnerBench(equal(3))
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    const lease = bench.claim('a', true, { slots: 1 })
    bench.renew(lease, 'a', 0, 0)
    bench.send({ type: 'disconnected', worker: 'a' })
    bench.send({ type: 'redial-failed', worker: 'a', refused: true })
    bench.tickAt(bench.now + HOUR / 2)
    expect(bench.state.scenes[lease?.token.scene ?? -1]?.leases).toHaveLength(1)
  })
})

describe('an owner that is back', () => {
  /** One scene of three is leased ahead, and the owner slept for some time. */
  function slept(byClockMs: number, byJumpMs: number) {
    const bench = createOwnerBench(equal(4))
    meet(bench, 'b', 10)
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    const leases = [bench.claim('a', true, { slots: 1 }), bench.claim('a', true, { slots: 1 })]
    bench.now += byClockMs
    bench.send({ type: 'back', awayMs: byJumpMs })
    return { bench, lease: leases.find((lease) => lease != null) }
  }

  test.each([
    ['its clock stood still', 0, 0],
    ['its clock went on, and it is back early', HOUR / 4, HOUR / 4],
    ['its clock went on, and it is back late', 20 * HOUR, 20 * HOUR]
  ])('takes the result of a worker that reports in time: %s', (_, byClockMs, byJumpMs) => {
    const { bench, lease } = slept(byClockMs, byJumpMs)
    expect(lease).toBeDefined()
    const scene = lease?.token.scene ?? -1
    bench.send({ type: 'disconnected', worker: 'a' })
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs - 1)
    expect(bench.state.scenes[scene]?.leases).toHaveLength(1)
    // An idle worker gets nothing that may be encoded already.
    for (let grant = bench.claim('b'); grant != null; grant = bench.claim('b'))
      expect(grant.token.scene).not.toBe(scene)
    bench.send({ type: 'connected', worker: 'a' })
    bench.deliver(lease, 'a')
    expect(bench.state.scenes[scene]?.accepted).toBe(true)
  })

  test('gives the scenes of a worker that vanished to others after the usual time', () => {
    const { bench, lease } = slept(0, 0)
    const scene = lease?.token.scene ?? -1
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    expect(bench.state.scenes[scene]?.leases).toHaveLength(0)
  })

  test('takes over what a worker has not begun, once that worker has reported', () => {
    const bench = createOwnerBench(equal(3))
    meet(bench, 'b', 1)
    bench.send({ type: 'disconnected', worker: 'b' })
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    const lease = bench.claim('a', true, { slots: 1 })
    expect(lease).toBeDefined()
    bench.send({ type: 'back', awayMs: 0 })
    bench.send({ type: 'connected', worker: 'b' })
    expect(bench.claim('b')).toBeUndefined()
    bench.renew(lease, 'a', 0, 0)
    expect(bench.claim('b')?.token.scene).toBe(lease?.token.scene)
  })

  test('says so to the workers, and when the time is over without a word', () => {
    const bench = createOwnerBench(equal(3))
    meet(bench, 'a', 10)
    bench.send({ type: 'away', forMs: HOUR })
    bench.claim('a', true, { slots: 1 })
    expect(nextDeadlineMs(bench.state)).toBeLessThanOrEqual(bench.now + HOUR)
    bench.tickAt(bench.now + HOUR)
    expect(said(bench.effects, 'away')).toEqual([{ type: 'away', worker: 'a', forMs: 0 }])
    expect(bench.state.away).toBeUndefined()
  })

  test('holds no lease against its hard limit for the time that it slept', () => {
    const bench = createOwnerBench(equal(3))
    meet(bench, 'a', 10)
    const lease = bench.claim('a', false, { slots: 1 })
    bench.now += 20 * HOUR
    bench.send({ type: 'back', awayMs: 20 * HOUR })
    bench.send({ type: 'tick' })
    expect(bench.state.scenes[lease?.token.scene ?? -1]?.leases).toHaveLength(1)
    expect(said(bench.effects, 'revoke')).toEqual([])
  })
})

/** A worker of one owner with one project, in virtual time. */
function createWorkerBench(slots = 1, queue = 1) {
  const bench = {
    now: 0,
    state: createWorkerState(slots, queue),
    effects: [] as readonly WorkerEffect[],
    send(event: WorkerEvent): WorkerState {
      const step = stepWorker(bench.state, event)
      bench.state = step.state
      bench.effects = step.effects
      return step.state
    },
    tickAt(nowMs: number): void {
      bench.now = nowMs
      bench.send({ type: 'tick', nowMs })
    },
    claims: () => [...bench.state.claims.keys()],
    grant(scene: number, hardMs = 10 * HOUR): string {
      const claimNo = bench.claims()[0] ?? -1
      const token = { projectId: PROJECT, scene, epoch: 1, attempt: scene + 1 }
      bench.send({ type: 'granted', owner: OWNER, claimNo, token, ttlMs: leaseTtlMs, hardMs, nowMs: bench.now })
      return jobKey(token)
    },
    stages: () => [...bench.state.jobs.values()].map(({ stage }) => stage)
  }
  const candidate = { projectId: PROJECT, owner: OWNER, priority: 0, createdAtMs: 0, slotsMax: slots, probed: true }
  bench.tickAt(1)
  bench.send({ type: 'candidates', candidates: [candidate] })
  bench.send({ type: 'session-opened', owner: OWNER })
  return bench
}

const away = (forMs: number): WorkerEvent => ({ type: 'away', owner: OWNER, projectId: PROJECT, forMs })

describe('a worker whose owner goes away', () => {
  function loaded(scenes: number) {
    const bench = createWorkerBench()
    const keys = [bench.grant(0)]
    bench.send({ type: 'fetched', key: keys[0] ?? '', nowMs: bench.now })
    bench.send(away(HOUR))
    for (let scene = 1; scene < scenes; scene += 1) {
      expect(bench.claims().length, 'claims for more').toBeGreaterThan(0)
      keys.push(bench.grant(scene))
      bench.send({ type: 'fetched', key: keys.at(-1) ?? '', nowMs: bench.now })
    }
    return { bench, keys }
  }

  test('takes more than its queue, a few at a time, until there are none', () => {
    const { bench } = loaded(9)
    expect(bench.state.jobs.size).toBe(9)
    expect(bench.claims().length).toBeLessThanOrEqual(4)
    for (const claimNo of bench.claims()) bench.send({ type: 'no-work', claimNo })
    expect(bench.claims()).toEqual([])
  })

  test('goes on without a word from the owner until the time and a ttl are over, and then begins nothing', () => {
    const { bench, keys } = loaded(4)
    bench.send({ type: 'session-closed', owner: OWNER })
    bench.tickAt(HOUR / 2)
    bench.send({ type: 'encoded', key: keys[0] ?? '' })
    expect(bench.stages()).toEqual(['delivering', 'encoding', 'ready', 'ready'])
    bench.tickAt(HOUR + leaseTtlMs - 1)
    bench.send({ type: 'encoded', key: keys[1] ?? '' })
    expect(bench.stages()).toEqual(['delivering', 'delivering', 'encoding', 'ready'])
    bench.tickAt(HOUR + leaseTtlMs + 2)
    bench.send({ type: 'encoded', key: keys[2] ?? '' })
    expect(bench.stages()).toEqual(['delivering', 'delivering', 'delivering', 'ready'])
  })

  test('hands in all that it has when the owner is back, and goes on with the rest', () => {
    const { bench, keys } = loaded(3)
    bench.send({ type: 'session-closed', owner: OWNER })
    bench.tickAt(2 * HOUR)
    bench.send({ type: 'encoded', key: keys[0] ?? '' })
    bench.send({ type: 'session-opened', owner: OWNER })
    expect(bench.effects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['present', 'present', 'present', 'deliver', 'renew', 'renew'])
    )
    for (const key of keys.slice(1)) bench.send({ type: 'renewed', key, nowMs: bench.now })
    expect(bench.stages()).toEqual(['delivering', 'encoding', 'ready'])
  })

  test('keeps a result for some days, and gives back what it never began', () => {
    const { bench, keys } = loaded(2)
    bench.send({ type: 'session-closed', owner: OWNER })
    bench.send({ type: 'encoded', key: keys[0] ?? '' })
    const over = Math.max(...[...bench.state.jobs.values()].map(({ hardAtMs }) => hardAtMs))
    bench.send({ type: 'encoded', key: keys[1] ?? '' })
    bench.tickAt(over + LIMITS.aheadKeepMs - 1)
    expect(bench.stages()).toEqual(expect.arrayContaining(['delivering']))
    bench.tickAt(over + LIMITS.aheadKeepMs)
    expect(bench.stages()).toEqual([])
  })

  test('says nothing bad about a scene whose turn never came', () => {
    const { bench } = loaded(3)
    bench.send({ type: 'session-closed', owner: OWNER })
    bench.tickAt(20 * HOUR)
    const released = bench.effects.flatMap((effect) => (effect.type === 'release' ? [effect.kind] : []))
    expect(released).toEqual(['failed', 'left', 'left'])
  })

  test('hands back what it has not begun when its user wants the machine', () => {
    const { bench } = loaded(5)
    bench.send({ type: 'pause', on: true })
    expect(bench.stages()).toEqual(['encoding'])
  })

  test('heeds only the owner of the project, and takes nothing ahead once it is back', () => {
    const bench = createWorkerBench()
    bench.grant(0)
    bench.send({ ...away(HOUR), owner: 'somebody' } as WorkerEvent)
    expect(bench.state.away.size).toBe(0)
    bench.send(away(HOUR))
    expect(bench.state.away.size).toBe(1)
    bench.send(away(0))
    expect(bench.state.away.size).toBe(0)
    bench.send(away(HOUR))
    bench.send({ type: 'session-closed', owner: OWNER })
    bench.send({ type: 'session-opened', owner: OWNER })
    expect(bench.state.away.size).toBe(0)
  })

  test('goes on after a restart with what it kept', () => {
    const bench = createWorkerBench()
    bench.send({ type: 'session-closed', owner: OWNER })
    const kept = { type: 'kept', owner: OWNER, ttlMs: leaseTtlMs, hardMs: HOUR, awayMs: HOUR, nowMs: 5 } as const
    const token = (scene: number) => ({ projectId: PROJECT, scene, epoch: 1, attempt: scene + 1 })
    bench.send({ ...kept, token: token(0), encoded: true })
    expect(bench.effects).toEqual([])
    bench.send({ ...kept, token: token(1), encoded: false })
    expect(bench.effects.map(({ type }) => type)).toEqual(['fetch'])
    bench.send({ type: 'fetched', key: jobKey(token(1)), nowMs: 6 })
    expect(bench.stages()).toEqual(['delivering', 'encoding'])
    bench.send({ type: 'session-opened', owner: OWNER })
    expect(bench.effects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['present', 'present', 'deliver', 'renew'])
    )
  })
})
