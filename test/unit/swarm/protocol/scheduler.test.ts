import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING, nextDeadlineMs, summarise, type Claimant } from '../../../../src/swarm/protocol/index.ts'
import { doneShare, TWO_PASSES } from '../../../../src/common/scene-progress.ts'
import { chooseScene, expectedMs, freeInMs } from '../../../../src/swarm/protocol/scheduler.ts'
import { createOwnerBench, MAKER } from '../../../fixtures/owner-bench.ts'

type Bench = ReturnType<typeof createOwnerBench>

const stranger = (range: string, more: Partial<Claimant> = {}): Partial<Claimant> => ({
  standing: 'stranger',
  range,
  ...more
})

/** Lets a worker do the scene it gets at so many milliseconds a frame. */
function measure(bench: Bench, worker: string, msPerFrame: number): void {
  const lease = bench.claim(worker)
  const frames = bench.state.scenes[lease?.token.scene ?? -1]?.frames ?? 0
  bench.tickAt(bench.now + 1)
  bench.now += frames * msPerFrame - 1
  bench.deliver(lease, worker, { encodeMs: frames * msPerFrame })
  expect(bench.state.workers.get(worker)?.msPerFrame).toBe(msPerFrame)
}

const leasesOf = (bench: Bench, scene: number): string[] =>
  summarise(bench.state)
    .leases.filter((lease) => lease.scene === scene)
    .map(({ worker }) => worker)

describe('strangers', () => {
  test('get the shortest scene, others the longest', () => {
    const bench = createOwnerBench([10, 30, 20])
    expect(bench.claim('m', false, stranger('r'))?.token.scene).toBe(0)
    expect(bench.claim('a')?.token.scene).toBe(1)
  })

  test('hold one lease each, of all projects of this owner together', () => {
    const bench = createOwnerBench([10, 20, 30])
    const lease = bench.claim('m', false, stranger('r'))
    expect(bench.claim('m', false, stranger('r'))).toBeUndefined()
    expect(bench.claim('n', false, stranger('r', { leasesElsewhere: 1 }))).toBeUndefined()
    bench.fail(lease, 'm', 'left')
    expect(bench.claim('m', false, stranger('r'))?.token.scene).toBe(0)
  })

  test('of one address range hold a few, whatever they call themselves; of another range have their own', () => {
    const { strangersPerRangeMax } = DEFAULT_TIMING
    const bench = createOwnerBench(Array.from({ length: 20 }, () => 10))
    const grants = Array.from({ length: strangersPerRangeMax + 2 }, (_, index) =>
      bench.claim(`m${index}`, false, stranger('one'))
    )
    expect(grants.filter((grant) => grant != null)).toHaveLength(strangersPerRangeMax)
    expect(bench.claim('far', false, stranger('another'))).toBeDefined()
    expect(bench.claim('friend', false, { range: 'one' })).toBeDefined()
    bench.fail(grants[0], 'm0', 'left')
    expect(bench.claim('m9', false, stranger('one'))).toBeDefined()
  })

  test('with an accepted result are strangers no more', () => {
    const bench = createOwnerBench([10, 20, 30])
    bench.deliver(bench.claim('m', false, stranger('r')), 'm')
    expect(bench.state.workers.get('m')?.standing).toBe('trusted')
  })
})

describe('a bar', () => {
  test('counts from either side: what the shell knows, and what this project saw', () => {
    const { state } = createOwnerBench([10])
    const claim = { worker: 'a', prefetch: false, standing: 'trusted', range: '', leasesElsewhere: 0 } as const
    const asking = { ...claim, maker: MAKER }
    expect(chooseScene(state, { ...asking, barredUntilMs: 500 }, 499)).toBeUndefined()
    expect(chooseScene(state, { ...asking, barredUntilMs: 500 }, 500)).toEqual({ scene: 0, kind: 'open' })
  })

  test('keeps a worker off until it is over, and wakes it then', () => {
    const bench = createOwnerBench([10])
    expect(bench.claim('a', false, { barredUntilMs: 60_000 })).toBeUndefined()
    while (bench.now < 60_000 && nextDeadlineMs(bench.state) <= 60_000) {
      bench.tickAt(nextDeadlineMs(bench.state))
      if (bench.now < 60_000) expect(bench.effects).toEqual([])
    }
    expect(bench.now).toBe(60_000)
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'a' }])
  })
})

describe('by speed', () => {
  test('who was not measured gets the longest', () => {
    const bench = createOwnerBench([100, 10, 50, 60])
    measure(bench, 'fast', 10)
    expect(bench.claim('new')?.token.scene).toBe(3)
  })

  test('a slow worker gets the longest scene that it can do while the others do the rest', () => {
    const bench = createOwnerBench([110, 100, 95, 90, 80, 70, 60, 20, 10])
    measure(bench, 'fast', 10)
    measure(bench, 'slow', 100)
    // 425 frames are left; both together need about 4,000 ms, in which the slow one does about 40 frames.
    bench.claim('fast')
    expect(bench.claim('slow')?.token.scene).toBe(7)
  })

  test('near the end it gets none when the fast one is sooner done with everything', () => {
    const bench = createOwnerBench([110, 100, 90, 80])
    measure(bench, 'fast', 10)
    measure(bench, 'slow', 1000)
    const held = bench.claim('fast')
    expect(held?.token.scene).toBe(2)
    expect(bench.claim('slow')).toBeUndefined()
    expect(bench.state.workers.get('slow')?.waiting).toBe(true)
    // It is looked at again while something is under way.
    expect(nextDeadlineMs(bench.state)).toBe(bench.now + DEFAULT_TIMING.recheckMs)
    bench.deliver(held, 'fast')
    expect(bench.claim('fast')?.token.scene).toBe(3)
  })

  test('near the end it gets the last one when the fast one would not be sooner done with that as well', () => {
    const bench = createOwnerBench([120, 110, 100, 100])
    measure(bench, 'fast', 10)
    measure(bench, 'slow', 15)
    expect(bench.claim('fast')?.token.scene).toBe(2)
    // 200 frames are left, 1,200 ms for both; alone it needs 1,500 for the last, the fast one is there after 2,000.
    expect(bench.claim('slow')?.token.scene).toBe(3)
  })

  test('alone it gets everything, however slow', () => {
    const bench = createOwnerBench([100, 90, 80])
    measure(bench, 'slow', 10_000)
    expect(bench.claim('slow')?.token.scene).toBe(1)
    expect(bench.claim('slow')?.token.scene).toBe(2)
  })

  test('each scene that others encode makes the time for the rest shorter, also where they name no slots', () => {
    const bench = createOwnerBench([200, 200, ...Array.from({ length: 25 }, (_, n) => 100 - 4 * n)])
    measure(bench, 'many', 10)
    measure(bench, 'slow', 100)
    for (let count = 0; count < 4; count += 1) bench.claim('many')
    const slow = bench.claim('slow')
    // 1,300 frames, of which they do 0.41 in a millisecond: it has time for 31.
    expect(bench.state.scenes[slow?.token.scene ?? -1]?.frames).toBe(28)
  })
})

describe('a slot for one more scene', () => {
  const scenes = Array.from({ length: 20 }, () => 100)

  test('is free when all that the worker holds is done, also a scene of which only the grant is known', () => {
    const bench = createOwnerBench(scenes)
    measure(bench, 'a', 10)
    const freeMs = (): number => freeInMs(bench.state, 'a', bench.now)
    expect(freeMs()).toBe(0)
    const first = bench.claim('a')
    expect(freeMs()).toBe(1000)
    bench.claim('a', true)
    expect(freeMs()).toBe(2000)
    bench.now += 1000
    // The worker begins the second one, and asks for the next before it tells of that.
    bench.deliver(first, 'a', { encodeMs: 1000 })
    expect(freeMs()).toBe(1000)
  })

  test('is the first of several', () => {
    const bench = createOwnerBench(scenes)
    measure(bench, 'a', 10)
    const claim = (prefetch: boolean) => bench.claim('a', prefetch, { slots: 2 })
    const freeMs = (): number => freeInMs(bench.state, 'a', bench.now)
    const first = claim(false)
    expect(freeMs()).toBe(0)
    claim(false)
    claim(true)
    bench.renew(first, 'a', 50, 2)
    expect(freeMs()).toBe(1000)
    claim(true)
    expect(freeMs()).toBeGreaterThan(1400)
    expect(freeMs()).toBeLessThan(1500)
  })

  test('decides which scene is fetched ahead: one that the worker can do after all that it holds', () => {
    const lengths = Array.from({ length: 25 }, (_, n) => 100 - 4 * n)
    const bench = createOwnerBench([200, 200, ...lengths, ...lengths])
    measure(bench, 'fast', 10)
    measure(bench, 'slow', 100)
    const framesOf = (lease: ReturnType<Bench['claim']>): number =>
      bench.state.scenes[lease?.token.scene ?? -1]?.frames ?? 0
    const first = bench.claim('slow')
    const ahead = bench.claim('slow', true)
    expect([first, ahead].map(framesOf)).toEqual([100, 100])
    for (let count = 0; count < 10; count += 1) measure(bench, 'fast', 10)
    bench.claim('fast')
    bench.now += 1000
    bench.deliver(first, 'slow', { encodeMs: 10_000 })
    // Some 1,700 frames are left, for which both need 15,000 ms; 10,000 of them the slow one has to do already.
    const next = framesOf(bench.claim('slow', true))
    expect(next).toBeGreaterThan(30)
    expect(next).toBeLessThan(60)
  })
})

describe('a second lease', () => {
  /** `slow` holds the last scene of ten, `fast` is ten times as fast and has nothing to do. */
  function nearTheEnd(): Bench {
    const bench = createOwnerBench([...Array.from({ length: 8 }, () => 10), 100, 200])
    const held = bench.claim('slow')
    expect(held?.token.scene).toBe(9)
    measure(bench, 'fast', 10)
    for (let count = 0; count < 8; count += 1) measure(bench, 'fast', 10)
    // Less than a tenth in the time in which the other did nearly as many frames.
    bench.renew(held, 'slow', 100)
    return bench
  }

  test('goes to an idle worker that should be done well before, with a token of its own', () => {
    const bench = nearTheEnd()
    const lease = bench.claim('fast')
    expect(lease?.token).toMatchObject({ scene: 9 })
    expect(leasesOf(bench, 9)).toEqual(['slow', 'fast'])
    expect(bench.effects.map(({ type }) => type)).toEqual(['grant'])
    expect(bench.state.seconds).toBe(1)
    bench.state = { ...bench.state, planned: false }
    bench.send({ type: 'scene', frames: 1, accepted: false, ready: true })
    expect(bench.claim('third')?.token).toMatchObject({ scene: 10, attempt: (lease?.token.attempt ?? 0) + 1 })
    // Never a third.
    expect(bench.claim('third')).toBeUndefined()
    // The first result wins, and the other is told.
    bench.deliver(lease, 'fast')
    expect(bench.effects.filter(({ type }) => type === 'revoke')).toMatchObject([{ worker: 'slow' }])
  })

  test('names the workers that have begun as holders of the piece', () => {
    expect(nearTheEnd().claim('fast')?.holders).toEqual(['slow'])
  })

  test('is not for the one who has the first, nor for fetching ahead, nor for one who failed it', () => {
    const bench = nearTheEnd()
    expect(bench.claim('slow')).toBeUndefined()
    expect(bench.claim('fast', true)).toBeUndefined()
    const lease = bench.claim('fast')
    bench.fail(lease, 'fast')
    bench.tickAt(bench.now + 60_000)
    expect(bench.claim('fast')).toBeUndefined()
  })

  test('is not for one who would not be sooner', () => {
    const bench = nearTheEnd()
    const first = { projectId: bench.projectId, scene: 9, epoch: 1, attempt: 1 }
    bench.renew({ token: first }, 'slow', 190, 2)
    expect(bench.claim('fast')).toBeUndefined()
  })

  test('is not for a scene of which a result is being verified', () => {
    const bench = createOwnerBench([10])
    bench.claim('m', false, stranger('r'))
    const lease = bench.claim('a')
    bench.result(lease, 'a')
    expect(leasesOf(bench, 0)).toEqual(['m'])
    expect(bench.claim('b')).toBeUndefined()
    bench.verified(0, false)
    expect(bench.claim('b')?.token.scene).toBe(0)
  })

  test('wakes whoever may have it, although a faster one who may not waits as well', () => {
    const bench = createOwnerBench([...Array.from({ length: 8 }, () => 10), 100, 200])
    measure(bench, 'fast', 10)
    measure(bench, 'fast', 10)
    measure(bench, 'other', 20)
    for (let count = 0; count < 6; count += 1) measure(bench, 'fast', 10)
    const held = bench.claim('fast')
    expect(bench.claim('fast')).toBeUndefined()
    expect(bench.claim('other')).toBeUndefined()
    // It stands still: the other would be sooner done.
    bench.tickAt(bench.now + 60_000)
    bench.renew(held, 'fast', 2, 2)
    for (let ticks = 0; ticks < 3; ticks += 1) bench.tickAt(nextDeadlineMs(bench.state))
    expect(bench.all).toContainEqual({ type: 'wake', worker: 'other' })
    expect(bench.claim('other')?.token.scene).toBe(held?.token.scene)
  })

  test('is for a part of the scenes only', () => {
    const bench = createOwnerBench(Array.from({ length: 20 }, () => 100))
    measure(bench, 'fast', 10)
    for (let count = 0; count < 10; count += 1) measure(bench, 'fast', 10)
    const slow = Array.from({ length: 9 }, (_, index) => bench.claim(`slow${index}`))
    for (const [index, lease] of slow.entries()) bench.renew(lease, `slow${index}`, 1)
    bench.tickAt(bench.now + 60_000)
    for (const [index, lease] of slow.entries()) bench.renew(lease, `slow${index}`, 1, 2)
    const seconds = Array.from({ length: 5 }, () => bench.claim('fast'))
    expect(seconds.filter((lease) => lease != null)).toHaveLength(2)
  })

  test('a trusted worker gets one on the scene of a stranger at once, a stranger does not', () => {
    const bench = createOwnerBench([10])
    bench.claim('m', false, stranger('r'))
    expect(bench.claim('n', false, stranger('q'))).toBeUndefined()
    bench.renew({ token: { projectId: bench.projectId, scene: 0, epoch: 1, attempt: 1 } }, 'm', 9, 2)
    expect(bench.claim('a')?.token.scene).toBe(0)
    expect(leasesOf(bench, 0)).toEqual(['m', 'a'])
  })
})

describe('taking back', () => {
  /** `busy` has fetched the last scene ahead and not begun with it. */
  function fetchedAhead(): Bench {
    const bench = createOwnerBench([100, 50, 40, 30])
    measure(bench, 'busy', 100)
    expect(bench.claim('busy', true)?.token.scene).toBe(1)
    measure(bench, 'idle', 10)
    measure(bench, 'idle', 10)
    return bench
  }

  test('an idle worker takes over what was only fetched ahead, and the other is told', () => {
    const bench = fetchedAhead()
    const lease = bench.claim('idle')
    expect(bench.effects).toMatchObject([
      { type: 'revoke', worker: 'busy' },
      { type: 'grant', worker: 'idle', token: { scene: 1 } }
    ])
    expect(leasesOf(bench, 1)).toEqual(['idle'])
    expect(bench.state.seconds).toBe(0)
    // Its worker may not have heard of it yet; no failure is counted for it.
    bench.renew({ token: { projectId: bench.projectId, scene: 1, epoch: 1, attempt: 2 } }, 'busy', 0, 0)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'busy' }])
    expect(summarise(bench.state).failures).toEqual([])
    bench.deliver(lease, 'idle')
    expect(summarise(bench.state).statuses).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
  })

  test('not what has begun', () => {
    const bench = fetchedAhead()
    bench.renew({ token: { projectId: bench.projectId, scene: 1, epoch: 1, attempt: 2 } }, 'busy', 1, 1)
    bench.claim('idle')
    expect(bench.effects.filter(({ type }) => type === 'revoke')).toEqual([])
    expect(leasesOf(bench, 1)).toEqual(['busy', 'idle'])
  })
})

test('what is done of a scene grows with pass and frames, from 0 to 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.record({ pass: fc.nat(2), frames: fc.nat(1200) }), { minLength: 2, maxLength: 2 }),
      (frames, [a, b]) => {
        if (a == null || b == null) return
        for (const one of [a, b]) {
          expect(doneShare(frames, one, TWO_PASSES)).toBeGreaterThanOrEqual(0)
          expect(doneShare(frames, one, TWO_PASSES)).toBeLessThanOrEqual(1)
        }
        const [less, more] = a.pass < b.pass || (a.pass === b.pass && a.frames <= b.frames) ? [a, b] : [b, a]
        expect(doneShare(frames, less, TWO_PASSES)).toBeLessThanOrEqual(doneShare(frames, more, TWO_PASSES))
        expect(doneShare(frames, { pass: 2, frames }, TWO_PASSES)).toBe(1)
      }
    )
  )
})

test.each([
  ['a share of the first frame on stands for looking ahead', 200, 1, (32 + 1) / (32 + 200)],
  ['a short scene is read whole before its first frame comes out', 10, 5, (10 + 5) / (10 + 10)],
  ['nothing is known before', 200, 0, 0],
  ['the last frame ends it', 200, 200, 1],
  ['no more than all', 200, 900, 1]
])('an encoder that looks ahead: %s', (_, frames, done, share) => {
  const ahead = { passes: 1, firstPassShare: 0, lookAheadFrames: 32 } as const
  expect(doneShare(frames, { pass: 1, frames: done }, ahead)).toBeCloseTo(share)
  const second = { passes: 2, firstPassShare: 0.5, lookAheadFrames: 32 } as const
  expect(doneShare(frames, { pass: 2, frames: done }, second)).toBeCloseTo(0.5 + 0.5 * share)
})

test('one pass is all of the work', () => {
  const ONE_PASS = { ...TWO_PASSES, passes: 1 } as const
  expect([0, 25, 100, 200].map((frames) => doneShare(100, { pass: 1, frames }, ONE_PASS))).toEqual([0, 0.25, 1, 1])
  expect(doneShare(100, { pass: 0, frames: 0 }, ONE_PASS)).toBe(0)
})

test('expected is what was measured of the worker, else of all, else the default', () => {
  const bench = createOwnerBench([100, 100])
  expect(expectedMs(bench.state, 10, 'a')).toBe(10 * DEFAULT_TIMING.unknownMsPerFrame)
  measure(bench, 'a', 40)
  measure(bench, 'b', 20)
  expect(expectedMs(bench.state, 10, 'a')).toBe(400)
  expect(expectedMs(bench.state, 10, 'b')).toBe(200)
  expect(expectedMs(bench.state, 10, 'c')).toBe(300)
})

/** Workers that ask only on connecting, when woken and when they are done, as real ones do. */
test('wakes alone bring every project to its end, at any mix of speeds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 25, size: 'max' }),
      fc.array(
        fc.record({
          msPerFrame: fc.constantFrom(5, 10, 40, 200, 3000),
          slots: fc.integer({ min: 1, max: 3 }),
          stranger: fc.boolean()
        }),
        { minLength: 1, maxLength: 7 }
      ),
      fc.infiniteStream(fc.nat(99)),
      (frames, machines, luck) => {
        const bench = createOwnerBench(frames)
        const running: { worker: string; lease: NonNullable<ReturnType<Bench['claim']>>; dueMs: number }[] = []
        const workers = new Map(machines.map((machine, index) => [`w${index}`, machine]))
        const ask = (worker: string): void => {
          const {
            slots,
            stranger: isStranger,
            msPerFrame
          } = workers.get(worker) ?? { slots: 0, stranger: false, msPerFrame: 1 }
          while (running.filter((one) => one.worker === worker).length < slots) {
            const lease = bench.claim(
              worker,
              false,
              isStranger && (bench.state.workers.get(worker)?.msPerFrame ?? 0) === 0 ? stranger('r') : {}
            )
            react()
            if (lease == null) return
            const length = bench.state.scenes[lease.token.scene]?.frames ?? 0
            running.push({ worker, lease, dueMs: bench.now + length * msPerFrame })
          }
        }
        const woken: string[] = []
        function react(): void {
          for (const effect of bench.effects) {
            if (effect.type === 'wake') woken.push(effect.worker)
            if (effect.type !== 'revoke') continue
            const at = running.findIndex(
              ({ worker, lease }) => worker === effect.worker && lease.token.attempt === effect.token.attempt
            )
            if (at >= 0) woken.push(...running.splice(at, 1).map(({ worker }) => worker))
          }
        }
        const isOver = (): boolean => bench.all.some(({ type }) => type === 'join' || type === 'end')
        for (const worker of workers.keys()) ask(worker)
        for (let rounds = 0; rounds < 20_000 && !isOver(); rounds += 1) {
          for (let worker = woken.shift(); worker != null; worker = woken.shift()) ask(worker)
          const next = running.toSorted((a, b) => a.dueMs - b.dueMs)[0]
          // Whoever works renews all the time.
          const at = Math.min(next?.dueMs ?? Infinity, nextDeadlineMs(bench.state), bench.now + 30_000)
          expect(running.length > 0 || nextDeadlineMs(bench.state) < Infinity).toBe(true)
          bench.now = Math.max(bench.now, at)
          for (const { worker, lease, dueMs } of running)
            bench.renew(lease, worker, Math.max(0, 300 - Math.ceil((dueMs - bench.now) / 5)), 2)
          bench.send({ type: 'tick' })
          react()
          if (next == null || next.dueMs > bench.now || !running.includes(next)) continue
          running.splice(running.indexOf(next), 1)
          // Few leave; nobody fails.
          if (Number(luck.next().value) < 5) bench.fail(next.lease, next.worker, 'left')
          else bench.result(next.lease, next.worker, bench.now)
          react()
          bench.verified(next.lease.token.scene, true)
          react()
          ask(next.worker)
        }
        expect(bench.all.filter(({ type }) => type === 'end')).toEqual([])
        expect(bench.all.filter(({ type }) => type === 'join')).toHaveLength(1)
      }
    ),
    { numRuns: 60 }
  )
})
