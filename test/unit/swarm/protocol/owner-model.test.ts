import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  DEFAULT_TIMING,
  nextDeadlineMs,
  summarise,
  type Lease,
  type OwnerState,
  type Token
} from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench, derivedOf, MAKER } from '../../../fixtures/owner-bench.ts'

const { leaseTtlMs, leaseGraceMs, lostMs, refusedMs, hardMsMin } = DEFAULT_TIMING

const WORKERS = ['a', 'b', 'c', 'd'] as const
const worker = fc.constantFrom(...WORKERS)
/** An index into all tokens that were granted so far, whoever got them. */
const which = fc.nat()

const event = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      type: fc.constant('claim'),
      worker,
      prefetch: fc.boolean(),
      standing: fc.constantFrom('trusted', 'trusted', 'stranger'),
      barredMs: fc.constantFrom(0, 0, 0, 50_000)
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('result'),
      worker,
      which,
      honest: fc.boolean(),
      encodeMs: fc.nat(500_000)
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('verified'), scene: fc.nat(7), ok: fc.boolean(), blamed: fc.boolean() })
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('renew'), worker, which, honest: fc.boolean(), frames: fc.nat(50) })
  },
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
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('scene'),
      frames: fc.integer({ min: 1, max: 300 }),
      ready: fc.constantFrom(true, true, false)
    })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('ready'), scene: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('planned') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hold'), on: fc.boolean() }) },
  // With whatever part of its leases the owner still knows, or is shown.
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart'), restored: fc.array(which, { maxLength: 4 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('forged renew'), worker, scene: fc.nat(7), attempt: fc.nat(30) })
  }
)

const keyOf = (token: Pick<Token, 'epoch' | 'attempt'>): string => `${token.epoch}/${token.attempt}`

const deadlineOf = (lease: Lease): number =>
  Math.min(lease.expiresAtMs + leaseGraceMs, lease.hardAtMs, lease.stalledAtMs)

function leasesOf(state: OwnerState): Map<string, Lease> {
  return new Map(state.scenes.flatMap((scene) => scene.leases.map((lease) => [keyOf(lease), lease])))
}

/** Only a renewal moves an end back; a lost connection, a new one and a restart only ever bring it nearer. */
function checkTimes(before: OwnerState, after: OwnerState, nowMs: number, renewed: string | undefined): void {
  const old = leasesOf(before)
  for (const [key, lease] of leasesOf(after)) {
    const known = old.get(key)
    expect(lease.expiresAtMs).toBeLessThanOrEqual(nowMs + leaseTtlMs)
    if (known == null) {
      expect(lease.grantedAtMs).toBe(nowMs)
      // One that comes back has what is left of its first time.
      expect(lease.hardAtMs).toBeGreaterThanOrEqual(key === renewed ? nowMs : nowMs + hardMsMin)
      continue
    }
    expect(lease).toMatchObject({ grantedAtMs: known.grantedAtMs, hardAtMs: known.hardAtMs, worker: known.worker })
    if (key === renewed) {
      expect(lease.expiresAtMs).toBe(nowMs + leaseTtlMs)
      continue
    }
    expect(lease.expiresAtMs).toBeLessThanOrEqual(known.expiresAtMs)
    expect(lease.stalledAtMs).toBe(known.stalledAtMs)
  }
}

test('whatever happens in whatever order, the rules of leases hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }),
      fc.array(event, { maxLength: 100, size: 'max' }),
      (frames, events) => {
        let bench = createOwnerBench(frames, { planned: false })
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
              expect(effect.token.epoch).toBe(bench.state.epoch)
              expect(accepted).not.toContain(effect.token.scene)
              expect(scene).toMatchObject({ accepted: false, failed: false, results: [] })
              expect(scene?.leases.filter((lease) => lease.worker === effect.worker)).toHaveLength(1)
              expect(effect.holders).not.toContain(effect.worker)
              expect(bench.state.held || ended || joins > 0).toBe(false)
              granted.push({ token: effect.token, worker: effect.worker })
            }
            if (effect.type === 'revoke' && effect.reason !== 'never granted' && effect.reason !== 'unknown scene')
              expect(
                granted.some(({ token, worker }) => keyOf(token) === keyOf(effect.token) && worker === effect.worker) ||
                  ended
              ).toBe(true)
            if (effect.type === 'accept') {
              expect(accepted).not.toContain(effect.result.token.scene)
              // [RULE 42]
              expect(granted).toContainEqual({ token: effect.result.token, worker: effect.result.worker })
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
          expect(leasesOf(bench.state).size).toBe(leases.length)
          for (const lease of leases) expect(['leased', 'verifying']).toContain(statuses[lease.scene])
          for (const scene of bench.state.scenes) {
            expect(scene.leases.length).toBeLessThanOrEqual(2)
            expect(new Set(scene.leases.map((lease) => lease.worker)).size).toBe(scene.leases.length)
            if (scene.accepted) expect(scene).toMatchObject({ leases: [], results: [], failed: false })
            if (scene.failed) expect(scene).toMatchObject({ leases: [], results: [] })
            for (const lease of scene.leases)
              expect(scene.granted).toContainEqual({
                epoch: lease.epoch,
                attempt: lease.attempt,
                worker: lease.worker,
                atMs: expect.any(Number),
                maker: MAKER
              })
          }
          expect(bench.state).toMatchObject(derivedOf(bench.state))
          for (const lease of leasesOf(bench.state).values())
            expect(nextDeadlineMs(bench.state)).toBeLessThanOrEqual(deadlineOf(lease))
        }

        /** Everything that ran out is gone, and nothing that did not. */
        const tickAt = (nowMs: number): void => {
          const before = leasesOf(bench.state)
          bench.tickAt(nowMs)
          const after = leasesOf(bench.state)
          for (const [key, lease] of before)
            if (deadlineOf(lease) <= nowMs || !ended)
              expect(after.has(key)).toBe(deadlineOf(lease) > nowMs && !isEnding())
        }
        const isEnding = (): boolean => bench.effects.some((effect) => effect.type === 'end')

        for (const one of events) {
          bench.effects = []
          const before = bench.state
          let renewed: string | undefined
          if (one.type === 'claim') {
            const barredUntilMs = one.barredMs === 0 ? 0 : bench.now + one.barredMs
            const lease = bench.claim(one.worker, one.prefetch, { standing: one.standing, range: 'r', barredUntilMs })
            if (barredUntilMs > 0) expect(lease).toBeUndefined()
          } else if (one.type === 'verified') bench.verified(one.scene, one.ok, one.blamed && !one.ok)
          else if (one.type === 'wait') tickAt(bench.now + one.ms)
          else if (one.type === 'sleep until the deadline') {
            const at = nextDeadlineMs(bench.state)
            if (at === Infinity) continue
            tickAt(Math.max(bench.now, at))
            // Whatever was due is done: the same moment is never a deadline twice.
            expect(nextDeadlineMs(bench.state)).toBeGreaterThan(bench.now)
          } else if (one.type === 'scene') {
            if (!planned) bench.send({ type: 'scene', frames: one.frames, accepted: false, ready: one.ready })
          } else if (one.type === 'planned') {
            planned ||= bench.state.scenes.length > 0
            if (planned) bench.send({ type: 'planned' })
          } else if (one.type === 'restart') {
            if (ended || joins > 0) continue
            const next = createOwnerBench([], { epoch: bench.state.epoch + 1, planned: false })
            next.now = bench.now
            for (const [index, scene] of bench.state.scenes.entries())
              next.send({ type: 'scene', frames: scene.frames, accepted: accepted.has(index), ready: true })
            for (const at of one.restored) {
              const held = granted[at % Math.max(1, granted.length)]
              if (held != null) next.send({ type: 'restored', maker: MAKER, ...held })
            }
            for (const lease of leasesOf(next.state).values()) expect(deadlineOf(lease)).toBe(next.now + lostMs)
            if (planned) next.send({ type: 'planned' })
            bench = next
            look()
            continue
          } else if (one.type === 'forged renew') {
            const token = {
              projectId: bench.projectId,
              scene: one.scene,
              epoch: bench.state.epoch,
              attempt: one.attempt
            }
            // A token that was granted to nobody yet.
            if (one.attempt >= bench.state.nextAttempt) {
              bench.renew({ token }, one.worker, 1)
              expect(bench.state).toBe(before)
            }
          } else if ('which' in one) {
            const held = granted[one.which % Math.max(1, granted.length)]
            if (held == null) continue
            const who = one.type !== 'release' && one.honest ? held.worker : one.worker
            if (one.type === 'renew') {
              bench.renew(held, who, one.frames)
              renewed = keyOf(held.token)
            }
            if (one.type === 'release') bench.fail(held, who, one.kind)
            if (one.type === 'result') bench.result(held, who, one.encodeMs)
            // [RULE 42] Another's token does nothing.
            if (who !== held.worker) {
              expect(bench.state).toBe(before)
              renewed = undefined
            }
          } else {
            bench.send(one)
            if (one.type === 'connected' && !ended)
              for (const lease of leasesOf(bench.state).values())
                if (lease.worker === one.worker) expect(deadlineOf(lease)).toBeLessThanOrEqual(bench.now + refusedMs)
          }
          checkTimes(before, bench.state, bench.now, renewed)
          look()
        }
      }
    ),
    { numRuns: 200 }
  )
})

test('workers that are honest and come back finish every project, whatever is lost on the way', () => {
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
