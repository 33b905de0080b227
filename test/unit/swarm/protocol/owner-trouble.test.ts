import { describe, expect, test } from 'vitest'
import {
  canRetry,
  DEFAULT_TIMING,
  nextDeadlineMs,
  summarise,
  waitOf,
  type OwnerState,
  type TroubleCode
} from '../../../../src/swarm/protocol/index.ts'
import { BUILD, createOwnerBench, MAKER, MAKING, PROBE } from '../../../fixtures/owner-bench.ts'
import { hashNo } from '../../../fixtures/protocol-samples.ts'

const { attemptsMax, waitMs, waitPlaceMsMax, waitWorkMsMax, leaseTtlMs, leaseGraceMs, pauseMs, retryFailedMsMax } =
  DEFAULT_TIMING
type Bench = ReturnType<typeof createOwnerBench>

const waitReason = (state: OwnerState): string => waitOf(state)?.reason ?? ''
const statuses = (bench: Bench): readonly string[] => summarise(bench.state).statuses
const types = (bench: Bench): string[] => bench.effects.map(({ type }) => type)

/** A project of one scene that is accepted, so that it joins. */
function joining(): Bench {
  const bench = createOwnerBench([10])
  bench.deliver(bench.claim('a'), 'a')
  expect(types(bench)).toContain('join')
  return bench
}

const trouble = (bench: Bench, code: TroubleCode, step: 'prepare' | 'join' = 'join'): void => {
  bench.send({ type: 'trouble', step, code, reason: 'the folder is away' })
}

/** Fails a scene as often as one worker may, in a row. */
function failAll(bench: Bench, worker: string, times = attemptsMax): void {
  for (let attempt = 0; attempt < times; attempt += 1) {
    const lease = bench.claim(worker)
    expect(lease, `attempt ${attempt}`).toBeDefined()
    bench.fail(lease, worker)
    bench.tickAt(bench.now + 10_000)
  }
}

describe('a step that cannot be done [RULE 58]', () => {
  test.for([
    ['output-exists', waitPlaceMsMax],
    ['output-unwritable', waitPlaceMsMax],
    ['no-room', waitPlaceMsMax],
    ['source-away', waitPlaceMsMax],
    ['source-changed', waitPlaceMsMax],
    ['prepare-failed', waitWorkMsMax],
    ['join-failed', waitWorkMsMax]
  ] as const)('is tried again by itself, with pauses that double up to a limit (%s)', ([code, maxMs]) => {
    const bench = joining()
    for (let tries = 0; tries < 20; tries += 1) {
      trouble(bench, code)
      expect(waitOf(bench.state)).toEqual({ code, detail: '', reason: 'the folder is away' })
      const dueMs = bench.now + Math.min(maxMs, waitMs * 2 ** tries)
      expect(nextDeadlineMs(bench.state)).toBe(dueMs)
      bench.tickAt(dueMs - 1)
      expect(types(bench)).toEqual([])
      bench.tickAt(dueMs)
      expect(types(bench)).toEqual(['join'])
      expect(waitReason(bench.state)).toBe('')
      // While it is tried nothing is due.
      expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    }
  })

  test('is tried at once when somebody says so, and only when it waits', () => {
    const bench = joining()
    bench.send({ type: 'retry' })
    expect(types(bench)).toEqual([])
    trouble(bench, 'join-failed')
    bench.send({ type: 'retry' })
    expect(types(bench)).toEqual(['join'])
    bench.send({ type: 'retry' })
    expect(types(bench)).toEqual([])
  })

  test('in the analysis, scenes that are known go on meanwhile', () => {
    const bench = createOwnerBench([10, 10], { planned: false })
    trouble(bench, 'source-away', 'prepare')
    const lease = bench.claim('a')
    expect(lease).toBeDefined()
    bench.deliver(lease, 'a')
    expect(statuses(bench)).toContain('accepted')
    bench.tickAt(waitMs)
    expect(types(bench)).toContain('prepare')
    bench.send({ type: 'planned' })
    expect(bench.state.trouble).toBeUndefined()
  })

  test('ends with the project', () => {
    const bench = joining()
    trouble(bench, 'join-failed')
    bench.send({ type: 'ended' })
    expect(waitReason(bench.state)).toBe('')
    expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    trouble(bench, 'join-failed')
    expect(waitReason(bench.state)).toBe('')
  })
})

describe('a scene that is parked [RULE 36]', () => {
  /** Of three scenes the first is parked, the second accepted, the third open. */
  function parked() {
    const bench = createOwnerBench([10, 5, 4], { self: 'a' })
    for (let attempt = 0; attempt < DEFAULT_TIMING.attemptsMax; attempt += 1) {
      const lease = bench.claim('a')
      if (attempt === 0) bench.deliver(bench.claim('b'), 'b')
      bench.send({ type: 'disconnected', worker: 'b' })
      bench.fail(lease, 'a')
      bench.tickAt(bench.now + DEFAULT_TIMING.pauseMs)
    }
    expect(statuses(bench)).toEqual(['failed', 'accepted', 'open'])
    return bench
  }

  test('is open again once somebody says so, and what it failed before counts no more', () => {
    const bench = parked()
    expect(canRetry(bench.state)).toBe(true)
    bench.send({ type: 'retry' })
    expect(canRetry(bench.state)).toBe(false)
    expect(statuses(bench)).toEqual(['open', 'accepted', 'open'])
    expect(bench.state.failedScenes).toBe(0)
    const lease = bench.claim('a')
    expect(lease?.token.scene).toBe(0)
    bench.deliver(lease, 'a')
    expect(statuses(bench)).toEqual(['accepted', 'accepted', 'open'])
  })

  test('waits for its piece all the same where that was lost', () => {
    const bench = parked()
    bench.send({ type: 'lost', scene: 0, ready: false, like: undefined })
    bench.send({ type: 'retry' })
    expect(bench.claim('a')?.token.scene).toBe(2)
    bench.send({ type: 'ready', scene: 0 })
    expect(bench.claim('b')?.token.scene).toBe(0)
  })
})

describe('what is lost [RULE 57]', () => {
  test('while the project joins is encoded again, then it joins again', () => {
    const bench = joining()
    bench.send({ type: 'connected', worker: 'a' })
    bench.send({ type: 'lost', scene: 0, ready: false, like: undefined })
    expect(statuses(bench)).toEqual(['open'])
    expect(bench.claim('a')).toBeUndefined()
    bench.send({ type: 'ready', scene: 0 })
    expect(types(bench)).toContain('wake')
    bench.deliver(bench.claim('a'), 'a')
    expect(statuses(bench)).toEqual(['accepted'])
    expect(types(bench)).toContain('join')
  })

  test('of trouble at the join nothing stays', () => {
    const bench = joining()
    trouble(bench, 'join-failed')
    bench.send({ type: 'lost', scene: 0, ready: true, like: undefined })
    expect(bench.state.trouble).toBeUndefined()
    bench.deliver(bench.claim('a'), 'a')
    expect(types(bench)).toContain('join')
  })

  test('has to have the same bytes: only a maker alike that of the receipt gets it [RULE 74]', () => {
    const bench = createOwnerBench([10], { making: { ...MAKING, builds: 'compatible' } })
    const other = { build: BUILD, probe: { ...PROBE, frames: hashNo(7) } }
    bench.deliver(bench.claim('b', false, other), 'b')
    bench.send({ type: 'lost', scene: 0, ready: true, like: { build: BUILD, probe: other.probe.frames } })
    expect(bench.claim('a')).toBeUndefined()
    bench.deliver(bench.claim('b', false, other), 'b')
    expect(types(bench)).toContain('join')
  })

  test('a piece without a receipt leaves as it is whose bytes the scene has to have [RULE 74]', () => {
    const bench = createOwnerBench([])
    const like = { build: BUILD, probe: hashNo(7) }
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true, like })
    bench.send({ type: 'lost', scene: 0, ready: true, like: undefined })
    expect(bench.state.scenes[0]?.like).toEqual(like)
  })

  test('a piece that is lost stops nobody who has it', () => {
    const bench = createOwnerBench([10])
    const lease = bench.claim('a')
    bench.send({ type: 'lost', scene: 0, ready: false, like: undefined })
    expect(bench.claim('b')).toBeUndefined()
    bench.deliver(lease, 'a')
    expect(statuses(bench)).toEqual(['accepted'])
  })
})

describe('one bad worker [RULE 36]', () => {
  test('cannot fail a project: the scene waits for another machine, and says so', () => {
    const bench = createOwnerBench([10])
    failAll(bench, 'bad')
    expect(statuses(bench)).toEqual(['open'])
    expect(bench.all.filter(({ type }) => type === 'end')).toEqual([])
    expect(summarise(bench.state).failures).toMatchObject([{ reason: 'waits for another machine: broken' }])
    expect(waitReason(bench.state)).toMatch(/^1 scene failed on the only machine that tried/)
    bench.deliver(bench.claim('good'), 'good')
    expect(statuses(bench)).toEqual(['accepted'])
    expect(waitReason(bench.state)).toBe('')
  })

  test('tries the scene again more and more rarely', () => {
    const bench = createOwnerBench([10], { timing: { ...DEFAULT_TIMING, pauseMs: 1, workerFailuresMax: 1000 } })
    const startsMs: number[] = []
    for (; bench.now < 24 * 3_600_000; bench.tickAt(bench.now + 10_000)) {
      const lease = bench.claim('bad')
      if (lease == null) continue
      startsMs.push(bench.now)
      bench.fail(lease, 'bad')
    }
    expect(startsMs.length).toBeLessThan(attemptsMax + 8 + (24 * 3_600_000) / retryFailedMsMax)
    expect((startsMs.at(-1) ?? 0) - (startsMs.at(-2) ?? 0)).toBeGreaterThanOrEqual(retryFailedMsMax)
  })

  test('and one more machine that fails it prove that it is the scene', () => {
    const bench = createOwnerBench([10])
    failAll(bench, 'one', attemptsMax - 1)
    bench.fail(bench.claim('two'), 'two')
    expect(bench.all.find(({ type }) => type === 'end')).toMatchObject({ state: 'failed' })
  })

  test("so does the owner's own machine alone", () => {
    const bench = createOwnerBench([10], { self: 'me' })
    failAll(bench, 'me')
    expect(bench.all.find(({ type }) => type === 'end')).toMatchObject({ state: 'failed' })
  })

  test('gets the scene again when the user says so', () => {
    const bench = createOwnerBench([10])
    failAll(bench, 'bad')
    expect(bench.claim('bad')).toBeUndefined()
    bench.send({ type: 'retry' })
    expect(bench.claim('bad')).toBeDefined()
  })
})

describe('a worker that claims and says nothing [RULE 50]', () => {
  const silent = (): Bench => {
    const bench = createOwnerBench([10, 10, 10])
    bench.send({ type: 'connected', worker: 'squatter' })
    expect(bench.claim('squatter')).toBeDefined()
    bench.send({ type: 'connected', worker: 'good' })
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    return bench
  }

  test('gets nothing for a while while another is there, longer each time', () => {
    const bench = silent()
    const from = bench.now
    expect(bench.claim('squatter')).toBeUndefined()
    bench.tickAt(from + pauseMs - 1)
    expect(bench.claim('squatter')).toBeUndefined()
    bench.tickAt(from + pauseMs)
    expect(bench.claim('squatter')).toBeDefined()
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    bench.tickAt(bench.now + 2 * pauseMs - 1)
    expect(bench.claim('squatter')).toBeUndefined()
  })

  test('never gets the same scene while another could take it', () => {
    const bench = silent()
    bench.tickAt(bench.now + pauseMs)
    const scenes = [bench.claim('squatter'), bench.claim('squatter'), bench.claim('squatter')]
    expect(scenes.map((grant) => grant?.token.scene).filter((scene) => scene != null)).not.toContain(0)
  })

  test('beside one that may not work for the project it is better than nobody', () => {
    const bench = createOwnerBench([10, 10])
    bench.send({ type: 'connected', worker: 'squatter' })
    bench.claim('squatter')
    bench.send({ type: 'connected', worker: 'old' })
    bench.claim('old', false, { build: 'aom/1.0.0/00000000' })
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    expect(bench.claim('squatter')).toBeDefined()
  })

  test('gets the same scene again where the others produce different bytes of it', () => {
    const bench = createOwnerBench([], { making: { ...MAKING, builds: 'compatible' }, planned: false })
    const other = { build: BUILD, probe: { ...PROBE, frames: hashNo(7) } }
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true, like: MAKER })
    bench.send({ type: 'connected', worker: 'squatter' })
    expect(bench.claim('squatter')).toBeDefined()
    bench.send({ type: 'connected', worker: 'other' })
    bench.claim('other', false, other)
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    bench.tickAt(bench.now + pauseMs)
    expect(bench.claim('squatter')).toBeDefined()
  })

  test('alone it is better than nobody', () => {
    const bench = silent()
    bench.send({ type: 'disconnected', worker: 'good' })
    expect(bench.claim('squatter')).toBeDefined()
  })

  test('was cut off for a part of the time: nothing is held against it', () => {
    const bench = createOwnerBench([10, 10])
    bench.send({ type: 'connected', worker: 'a' })
    bench.send({ type: 'connected', worker: 'b' })
    bench.claim('a')
    bench.send({ type: 'disconnected', worker: 'a' })
    bench.tickAt(bench.now + 20_000)
    bench.send({ type: 'connected', worker: 'a' })
    bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    expect(bench.state.scenes.flatMap(({ leases }) => leases)).toEqual([])
    expect(bench.claim('a')).toBeDefined()
  })
})
