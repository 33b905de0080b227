import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_TIMING, nextDeadlineMs, summarise, type Token } from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'

const WORKERS = ['a', 'b', 'c'] as const
const worker = fc.constantFrom(...WORKERS)
/** An index into all tokens that were granted so far, whoever got them. */
const which = fc.nat()

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('claim'), worker, prefetch: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('result'), worker, which, honest: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('verified'), scene: fc.nat(7), ok: fc.boolean(), blamed: fc.boolean() })
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('renew'), worker, which, frames: fc.nat(50) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('release'),
      worker,
      which,
      kind: fc.constantFrom('failed', 'declined', 'left')
    })
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.nat(200_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('sleep until the deadline') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('disconnected'), worker }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('connected'), worker }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('redial-failed'), worker, refused: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('scene'), frames: fc.integer({ min: 1, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('planned') }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('forged renew'), worker, scene: fc.nat(7), attempt: fc.nat(30) })
  }
)

const keyOf = (token: Token): string => `${token.epoch}/${token.attempt}`

test('whatever happens in whatever order, the rules of leases hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }),
      fc.array(event, { maxLength: 80 }),
      (frames, events) => {
        const bench = createOwnerBench(frames, { planned: false })
        const granted: { readonly token: Token; readonly worker: string }[] = []
        const accepted = new Set<number>()
        let planned = false
        let ended = false
        let joins = 0

        const look = (): void => {
          for (const effect of bench.effects) {
            if (effect.type === 'grant') {
              const scene = bench.state.scenes[effect.token.scene]
              expect(granted.map(({ token }) => keyOf(token))).not.toContain(keyOf(effect.token))
              expect(accepted).not.toContain(effect.token.scene)
              expect(scene).toMatchObject({ accepted: false, failed: false, results: [] })
              expect(scene?.leases).toHaveLength(1)
              expect(ended || joins > 0).toBe(false)
              granted.push({ token: effect.token, worker: effect.worker })
            }
            if (effect.type === 'accept') {
              expect(accepted).not.toContain(effect.result.token.scene)
              accepted.add(effect.result.token.scene)
            }
            if (effect.type === 'join') {
              joins += 1
              expect(planned).toBe(true)
              expect(accepted.size).toBe(bench.state.scenes.length)
            }
            if (effect.type === 'end') {
              expect(ended).toBe(false)
              expect(joins).toBe(0)
              ended = true
            }
          }
          expect(joins).toBeLessThanOrEqual(1)
          const { leases, statuses } = summarise(bench.state)
          const live = bench.state.scenes.flatMap((scene) =>
            scene.leases.map((lease) => `${lease.epoch}/${lease.attempt}`)
          )
          expect(new Set(live).size).toBe(live.length)
          for (const lease of leases) expect(['leased', 'verifying']).toContain(statuses[lease.scene])
          for (const scene of bench.state.scenes) expect(scene.leases.length).toBeLessThanOrEqual(1)
        }

        for (const one of events) {
          bench.effects = []
          if (one.type === 'claim') bench.claim(one.worker, one.prefetch)
          else if (one.type === 'verified') bench.verified(one.scene, one.ok, one.blamed && !one.ok)
          else if (one.type === 'wait') bench.tickAt(bench.now + one.ms)
          else if (one.type === 'sleep until the deadline') {
            const at = nextDeadlineMs(bench.state)
            if (at === Infinity) continue
            bench.tickAt(Math.max(bench.now, at))
            // Whatever was due is done: the same moment is never a deadline twice.
            expect(nextDeadlineMs(bench.state)).toBeGreaterThan(bench.now)
          } else if (one.type === 'scene') {
            if (!planned) bench.send({ type: 'scene', frames: one.frames, accepted: false, ready: true })
          } else if (one.type === 'planned') {
            planned ||= bench.state.scenes.length > 0
            if (planned) bench.send({ type: 'planned' })
          } else if (one.type === 'forged renew') {
            const token = { projectId: bench.projectId, scene: one.scene, epoch: 1, attempt: one.attempt }
            // A token that was granted to nobody yet.
            if (one.attempt >= bench.state.nextAttempt) bench.renew({ token }, one.worker, 1)
          } else if ('which' in one) {
            const held = granted[one.which % Math.max(1, granted.length)]
            if (held == null) continue
            if (one.type === 'renew') bench.renew(held, held.worker, one.frames)
            if (one.type === 'release') bench.fail(held, one.worker, one.kind)
            if (one.type === 'result') bench.result(held, one.honest ? held.worker : one.worker)
          } else bench.send(one)
          look()
        }
      }
    ),
    { numRuns: 300 }
  )
})

test('workers that are honest and come back finish every project, whatever is lost on the way', () => {
  const { leaseTtlMs, leaseGraceMs } = DEFAULT_TIMING
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.constantFrom('deliver', 'deliver', 'lost', 'left', 'unfetchable')),
      (frames, fates) => {
        const bench = createOwnerBench(frames)
        for (let round = 0; round < 200 && !bench.all.some((effect) => effect.type === 'join'); round += 1) {
          for (const name of WORKERS) {
            const lease = bench.claim(name)
            const fate = fates.next().value ?? 'deliver'
            if (lease == null || fate === 'lost') continue
            if (fate === 'left') bench.fail(lease, name, 'left')
            else bench.result(lease, name)
            if (fate === 'deliver') bench.verified(lease.token.scene, true)
            if (fate === 'unfetchable') bench.verified(lease.token.scene, false, false)
          }
          bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
        }
        expect(bench.all.filter((effect) => effect.type === 'join')).toHaveLength(1)
        expect(bench.all.filter((effect) => effect.type === 'accept')).toHaveLength(frames.length)
      }
    ),
    { numRuns: 100 }
  )
})
