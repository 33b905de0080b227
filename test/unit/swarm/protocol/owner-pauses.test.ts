import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING } from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'

const HOUR_MS = 3_600_000
const EVERY_MS = 30_000

type Bench = ReturnType<typeof createOwnerBench>
type Grant = ReturnType<Bench['claim']>

/** The worker renews as paused for so long, and the owner looks at its clock. */
function stand(bench: Bench, grant: Grant, ms: number, worker = 'laptop'): void {
  const untilMs = bench.now + ms
  for (; bench.now < untilMs; bench.tickAt(bench.now + EVERY_MS)) bench.renew(grant, worker, 10, 1, true)
}

const leasesOf = ({ state }: Bench) => state.scenes.flatMap((scene) => scene.leases)

const revoked = ({ all }: Bench) => all.flatMap((effect) => (effect.type === 'revoke' ? [effect.reason] : []))

describe('[RULE 88] a paused lease', () => {
  test('outlives the hard limit and the limit for stalls, and both count on from where they stood', () => {
    const bench = createOwnerBench([100])
    const grant = bench.claim('laptop')
    bench.tickAt(60_000)
    bench.renew(grant, 'laptop', 10)
    const before = leasesOf(bench)[0]
    stand(bench, grant, 20 * HOUR_MS)
    bench.renew(grant, 'laptop', 10)
    const after = leasesOf(bench)[0]
    expect(revoked(bench)).toEqual([])
    for (const limit of ['hardAtMs', 'stalledAtMs', 'begunAtMs'] as const)
      expect((after?.[limit] ?? 0) - (before?.[limit] ?? 0)).toBe(20 * HOUR_MS)
    expect(after?.pausedMs).toBe(20 * HOUR_MS)
    bench.tickAt(bench.now + DEFAULT_TIMING.stallMs)
    expect(leasesOf(bench)).toEqual([])
  })

  test('ends when nobody renews it', () => {
    const bench = createOwnerBench([100])
    const grant = bench.claim('laptop')
    stand(bench, grant, HOUR_MS)
    bench.tickAt(bench.now + DEFAULT_TIMING.leaseTtlMs + DEFAULT_TIMING.leaseGraceMs)
    expect(leasesOf(bench)).toEqual([])
    expect(revoked(bench)).toEqual([])
  })

  test('ends after a week, and neither its worker nor the scene is blamed', () => {
    const bench = createOwnerBench([100], { timing: { ...DEFAULT_TIMING, pausedMsMax: 2 * HOUR_MS } })
    const grant = bench.claim('laptop')
    stand(bench, grant, 2 * HOUR_MS)
    expect(revoked(bench)).toEqual(['paused for too long'])
    expect(bench.state.scenes[0]).toMatchObject({ leases: [], failures: [], silent: [] })
    expect(bench.state.workers.get('laptop')?.failures).toBe(0)
  })

  test('of a stranger is like any other', () => {
    const bench = createOwnerBench([100])
    const grant = bench.claim('laptop', false, { standing: 'stranger', known: false, range: '10.0.0.0/24' })
    stand(bench, grant, HOUR_MS)
    expect(leasesOf(bench)).toEqual([])
    expect(revoked(bench)).toContain('no progress')
  })

  test('counts the time that it stood still once, in whatever steps it is told', () => {
    const steps = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 60_000 }), paused: fc.boolean() }), {
      minLength: 1,
      maxLength: 40
    })
    fc.assert(
      fc.property(steps, (told) => {
        const bench = createOwnerBench([100])
        const grant = bench.claim('laptop')
        let stoodMs = 0
        let isPaused = false
        for (const { ms, paused } of told) {
          bench.now += ms
          if (isPaused) stoodMs += ms
          bench.renew(grant, 'laptop', 1, 1, paused)
          isPaused = paused
        }
        expect(leasesOf(bench)[0]).toMatchObject({ pausedMs: stoodMs, begunAtMs: stoodMs })
      })
    )
  })
})

describe('[RULE 89] a scene that stands still while others are idle', () => {
  /** A film whose last scene the laptop holds, and a desktop that has nothing to do. */
  function tail() {
    const bench = createOwnerBench([100, 100])
    const grant = bench.claim('laptop')
    bench.deliver(bench.claim('desktop'), 'desktop', { encodeMs: 100_000 })
    return { bench, grant }
  }

  test('goes to an idle worker after half an hour, and the first result counts', () => {
    const { bench, grant } = tail()
    stand(bench, grant, DEFAULT_TIMING.pausedAloneMs - EVERY_MS)
    expect(bench.claim('desktop')).toBeUndefined()
    stand(bench, grant, 2 * EVERY_MS)
    const second = bench.claim('desktop')
    expect(second?.token.scene).toBe(grant?.token.scene)
    bench.renew(grant, 'laptop', 20)
    bench.deliver(grant, 'laptop')
    expect(bench.state.phase).toBe('joining')
  })

  test('goes to no third one', () => {
    const { bench, grant } = tail()
    stand(bench, grant, 2 * DEFAULT_TIMING.pausedAloneMs)
    const second = bench.claim('desktop')
    bench.renew(second, 'desktop', 1)
    expect(bench.claim('tower')).toBeUndefined()
  })

  test('does not, when the laptop goes on in time', () => {
    const { bench, grant } = tail()
    stand(bench, grant, DEFAULT_TIMING.pausedAloneMs - EVERY_MS)
    bench.renew(grant, 'laptop', 90)
    bench.renew(grant, 'laptop', 50, 2)
    bench.tickAt(bench.now + EVERY_MS)
    bench.renew(grant, 'laptop', 90, 2)
    expect(bench.claim('desktop')).toBeUndefined()
  })
})
