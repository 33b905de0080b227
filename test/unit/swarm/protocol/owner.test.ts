import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING, LIMITS, nextDeadlineMs, summarise } from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench, derivedOf, MAKER } from '../../../fixtures/owner-bench.ts'

const { leaseTtlMs, leaseGraceMs, lostMs, refusedMs, stallMs, attemptsMax, retryMs, retryAloneMs } = DEFAULT_TIMING

test('a worker that gets nothing for a while is told so, others that there is nothing', () => {
  const bench = createOwnerBench([10])
  expect(bench.claim('a', false, { barredUntilMs: 60_000 })).toBeUndefined()
  expect(bench.effects).toMatchObject([{ type: 'no-work', worker: 'a', code: 'held-off' }])
  bench.now = 60_000
  bench.claimScene('a', 0)
  expect(bench.claim('b', false)).toBeUndefined()
  expect(bench.effects).toMatchObject([{ type: 'no-work', worker: 'b', reason: 'no scene is waiting' }])
})

describe('claims and grants', () => {
  test('the longest scene first, each to one worker, each with a token of its own', () => {
    const bench = createOwnerBench([10, 30, 20])
    const grants = [bench.claim('a'), bench.claim('b'), bench.claim('c')]
    expect(grants.map((grant) => grant?.token.scene)).toEqual([1, 2, 0])
    expect(grants.map((grant) => grant?.token.attempt)).toEqual([1, 2, 3])
    expect(bench.claim('d')).toBeUndefined()
    expect(bench.effects).toEqual([
      { type: 'no-work', worker: 'd', claimId: expect.any(String), code: 'none', reason: 'no scene is waiting' }
    ])
  })

  test('of equally long scenes the first', () => {
    const bench = createOwnerBench([10, 10, 10])
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('fetching ahead is for a crowd of scenes only', () => {
    const bench = createOwnerBench([10, 10, 10])
    bench.send({ type: 'connected', worker: 'a' })
    expect(bench.claim('a', true)?.token.scene).toBe(0)
    expect(bench.claim('a', true)).toBeUndefined()
    expect(bench.claim('a')?.token.scene).toBe(1)
  })

  test('accepted scenes of before a restart are not handed out', () => {
    const bench = createOwnerBench([])
    bench.send({ type: 'scene', frames: 50, accepted: true, ready: true })
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true })
    expect(bench.claim('a')?.token.scene).toBe(1)
  })

  test('the hard limit is a multiple of what was measured, never less than the minimum', () => {
    const bench = createOwnerBench([100, 1000, 1000])
    const first = bench.claim('a')
    expect(first?.hardMs).toBe(DEFAULT_TIMING.hardFactor * 1000 * DEFAULT_TIMING.unknownMsPerFrame)
    bench.now = 1000 * 1000
    bench.renew(first, 'a', 1000)
    bench.deliver(first, 'a', { encodeMs: 1000 * 1000 })
    expect(bench.claim('a')?.hardMs).toBe(DEFAULT_TIMING.hardFactor * 1000 * 1000)
    expect(bench.claim('b')?.hardMs).toBe(Math.max(DEFAULT_TIMING.hardMsMin, DEFAULT_TIMING.hardFactor * 100 * 1000))
    expect(createOwnerBench([1], { timing: { ...DEFAULT_TIMING, unknownMsPerFrame: 1 } }).claim('a')?.hardMs).toBe(
      DEFAULT_TIMING.hardMsMin
    )
  })

  test('a stranger has less time, and nobody more than the longest lease', () => {
    const bench = createOwnerBench([1000, 1000, LIMITS.framesMax])
    const stranger = { standing: 'stranger', range: 'r' } as const
    expect(bench.claim('a')?.hardMs).toBe(LIMITS.hardMsMax)
    expect(bench.claim('m', false, stranger)?.hardMs).toBe(
      DEFAULT_TIMING.hardFactorStranger * 1000 * DEFAULT_TIMING.unknownMsPerFrame
    )
  })

  test('what a worker says of its time counts no further than the time it had', () => {
    const bench = createOwnerBench([100, 50])
    const lease = bench.claim('a')
    bench.now = 5000
    bench.deliver(lease, 'a', { encodeMs: Number.MAX_SAFE_INTEGER })
    expect(bench.all.find((effect) => effect.type === 'accept')).toMatchObject({ result: { encodeMs: 5000 } })
    expect(bench.state.measured).toEqual({ frames: 100, encodeMs: 5000 })
    expect(bench.state.workers.get('a')?.msPerFrame).toBe(50)
  })
})

describe('silence', () => {
  test('ends a lease at ttl + grace and not a millisecond before', () => {
    const bench = createOwnerBench([10])
    bench.claim('a')
    expect(nextDeadlineMs(bench.state)).toBe(leaseTtlMs + leaseGraceMs)
    bench.tickAt(leaseTtlMs + leaseGraceMs - 1)
    expect(summarise(bench.state).leases).toHaveLength(1)
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(summarise(bench.state).leases).toHaveLength(0)
    expect(bench.effects).toEqual([])
    expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    expect(bench.claim('b')?.token).toMatchObject({ scene: 0, attempt: 2 })
  })

  test('is broken by renewing', () => {
    const bench = createOwnerBench([10])
    const lease = bench.claim('a')
    bench.now = 80_000
    bench.renew(lease, 'a', 5)
    expect(bench.effects).toEqual([])
    expect(nextDeadlineMs(bench.state)).toBe(80_000 + leaseTtlMs + leaseGraceMs)
    expect(summarise(bench.state).leases).toMatchObject([{ scene: 0, worker: 'a', pass: 1, frames: 5 }])
  })

  test('is not counted as a failure', () => {
    const bench = createOwnerBench([10])
    for (let round = 0; round < 2 * attemptsMax; round += 1) {
      expect(bench.claim('a')).toBeDefined()
      bench.tickAt(bench.now + leaseTtlMs + leaseGraceMs)
    }
    expect(summarise(bench.state).failures).toEqual([])
  })

  test('a lost connection cuts it to lostMs, a refused redial to refusedMs', () => {
    const lost = createOwnerBench([10])
    lost.claim('a')
    lost.now = 1000
    lost.send({ type: 'disconnected', worker: 'a' })
    expect(nextDeadlineMs(lost.state)).toBe(1000 + lostMs)
    lost.send({ type: 'redial-failed', worker: 'a', refused: false })
    expect(nextDeadlineMs(lost.state)).toBe(1000 + lostMs)
    lost.now = 2000
    lost.send({ type: 'redial-failed', worker: 'a', refused: true })
    expect(nextDeadlineMs(lost.state)).toBe(2000 + refusedMs)
    lost.tickAt(2000 + refusedMs - 1)
    expect(summarise(lost.state).leases).toHaveLength(1)
    lost.tickAt(2000 + refusedMs)
    expect(summarise(lost.state).leases).toHaveLength(0)
  })

  test('a disconnect never makes a lease longer, and leaves those of others alone', () => {
    const bench = createOwnerBench([10, 20])
    bench.claim('a')
    bench.claim('b')
    bench.now = leaseTtlMs + leaseGraceMs - 10
    bench.send({ type: 'disconnected', worker: 'a' })
    expect(nextDeadlineMs(bench.state)).toBe(leaseTtlMs + leaseGraceMs)
    bench.tickAt(leaseTtlMs + leaseGraceMs - 1)
    expect(summarise(bench.state).leases.map((lease) => lease.worker)).toEqual(['b', 'a'])
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(summarise(bench.state).leases).toEqual([])
  })

  test('a redial that failed says nothing about one who is connected again', () => {
    const bench = createOwnerBench([10])
    const lease = bench.claim('a')
    bench.send({ type: 'disconnected', worker: 'a' })
    bench.now = 1000
    bench.send({ type: 'connected', worker: 'a' })
    bench.now = 2000
    bench.send({ type: 'redial-failed', worker: 'a', refused: true })
    expect(nextDeadlineMs(bench.state)).toBe(1000 + refusedMs)
    bench.renew(lease, 'a', 1)
    expect(nextDeadlineMs(bench.state)).toBe(2000 + leaseTtlMs + leaseGraceMs)
  })

  test('what a worker does not renew soon after it connects again, it does not have', () => {
    const bench = createOwnerBench([10, 20, 30])
    const kept = bench.claim('a')
    bench.claim('a')
    bench.claim('b')
    bench.now = 1000
    bench.send({ type: 'connected', worker: 'a' })
    bench.renew(kept, 'a', 3)
    bench.tickAt(1000 + refusedMs - 1)
    expect(summarise(bench.state).leases).toHaveLength(3)
    bench.tickAt(1000 + refusedMs)
    expect(summarise(bench.state).leases.map(({ scene, worker }) => ({ scene, worker }))).toEqual([
      { scene: 0, worker: 'b' },
      { scene: 2, worker: 'a' }
    ])
    expect(bench.effects.filter((effect) => effect.type === 'revoke')).toEqual([])
  })
})

describe('a late renewal', () => {
  test('revives the lease of an open scene under its old token', () => {
    const bench = createOwnerBench([10])
    const lease = bench.claim('a')
    bench.tickAt(200_000)
    bench.renew(lease, 'a', 7)
    expect(bench.effects).toEqual([])
    expect(summarise(bench.state).leases).toMatchObject([{ scene: 0, worker: 'a', attempt: 1, frames: 7 }])
    expect(bench.claim('b')).toBeUndefined()
  })

  test('is revoked when another has the scene, or it is done', () => {
    const bench = createOwnerBench([10, 5])
    const old = bench.claim('a')
    bench.tickAt(200_000)
    const other = bench.claim('b')
    bench.renew(old, 'a', 7)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'a', token: old?.token }])
    bench.deliver(other, 'b')
    bench.renew(old, 'a', 8)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'a', token: old?.token }])
  })

  test('under a token of another worker, or one that was never granted, is revoked', () => {
    const bench = createOwnerBench([10, 20])
    const lease = bench.claim('a')
    bench.renew(lease, 'b', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'b' }])
    const forged = { token: { projectId: bench.projectId, scene: 0, epoch: 1, attempt: 99 } }
    bench.renew(forged, 'm', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'm' }])
    bench.renew({ token: { ...forged.token, epoch: 2, attempt: 1 } }, 'm', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'm' }])
    bench.renew({ token: { ...forged.token, scene: 7, attempt: 1 } }, 'm', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'm' }])
    expect(summarise(bench.state).leases).toHaveLength(1)
  })

  test('of an epoch before a restart revives it once the owner knows again whom it was granted to', () => {
    const bench = createOwnerBench([10], { epoch: 4 })
    const token = { projectId: bench.projectId, scene: 0, epoch: 3, attempt: 17 }
    bench.renew({ token }, 'a', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'a', reason: 'never granted' }])
    bench.send({ type: 'restored', maker: MAKER, token, worker: 'a' })
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(summarise(bench.state).leases).toEqual([])
    bench.renew({ token }, 'm', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'm', reason: 'never granted' }])
    bench.renew({ token }, 'a', 3)
    expect(bench.effects).toEqual([])
    expect(bench.state.scenes[0]?.leases).toMatchObject([{ epoch: 3, attempt: 17, worker: 'a' }])
  })

  test('restored leases keep their scene until they run out', () => {
    const bench = createOwnerBench([10], { epoch: 4 })
    const token = { projectId: bench.projectId, scene: 0, epoch: 3, attempt: 2 }
    bench.send({ type: 'restored', maker: MAKER, token, worker: 'a' })
    expect(bench.claim('b')).toBeUndefined()
    bench.renew({ token }, 'a', 1)
    expect(bench.effects).toEqual([])
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(bench.claim('b')?.token).toMatchObject({ scene: 0, epoch: 4, attempt: 1 })
  })

  test('a restored lease whose worker does not show itself ends after lostMs', () => {
    const bench = createOwnerBench([10], { epoch: 4 })
    bench.send({
      type: 'restored',
      maker: MAKER,
      token: { projectId: bench.projectId, scene: 0, epoch: 3, attempt: 2 },
      worker: 'a'
    })
    expect(nextDeadlineMs(bench.state)).toBe(lostMs)
    bench.tickAt(lostMs - 1)
    expect(summarise(bench.state).leases).toHaveLength(1)
    bench.tickAt(lostMs)
    expect(summarise(bench.state).leases).toEqual([])
  })

  test('restored twice, or on a scene that is done, held by another or unknown, changes no lease', () => {
    const bench = createOwnerBench([10, 20], { epoch: 4 })
    const other = bench.claim('b')
    const token = { projectId: bench.projectId, scene: 1, epoch: 3, attempt: 2 }
    bench.send({ type: 'restored', maker: MAKER, token, worker: 'a' })
    expect(bench.state.scenes[1]?.leases).toMatchObject([{ worker: 'b' }])
    bench.deliver(other, 'b')
    bench.send({ type: 'restored', maker: MAKER, token: { ...token, attempt: 3 }, worker: 'a' })
    bench.send({ type: 'restored', maker: MAKER, token: { ...token, scene: 9 }, worker: 'a' })
    expect(summarise(bench.state).leases).toEqual([])
    const first = { ...token, scene: 0 }
    bench.send({ type: 'restored', maker: MAKER, token: first, worker: 'a' })
    const before = bench.state
    bench.now = 10_000
    bench.send({ type: 'restored', maker: MAKER, token: first, worker: 'a' })
    expect(bench.state).toBe(before)
  })

  test('a result under a restored token is taken from its worker and from nobody else', () => {
    const bench = createOwnerBench([10], { epoch: 4 })
    const token = { projectId: bench.projectId, scene: 0, epoch: 3, attempt: 2 }
    bench.send({ type: 'restored', maker: MAKER, token, worker: 'a' })
    bench.result({ token }, 'm')
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'm', accepted: false, reason: 'never granted' }])
    bench.deliver({ token }, 'a')
    expect(summarise(bench.state).statuses).toEqual(['accepted'])
  })

  test('of the oldest of more tokens than are remembered is revoked', () => {
    const bench = createOwnerBench([10])
    const grants = Array.from({ length: LIMITS.grantedPerSceneMax + 1 }, () => {
      const lease = bench.claim('a')
      bench.fail(lease, 'a', 'left')
      return lease
    })
    expect(bench.state.scenes[0]?.granted).toHaveLength(LIMITS.grantedPerSceneMax)
    bench.renew(grants[0], 'a', 1)
    expect(bench.effects).toMatchObject([{ type: 'revoke', reason: 'never granted' }])
    bench.renew(grants[1], 'a', 1)
    expect(bench.effects).toEqual([])
  })
})

describe('a hold', () => {
  test('hands nothing out while it is on, keeps what is held, and wakes those who waited', () => {
    const bench = createOwnerBench([10, 20])
    const lease = bench.claim('a')
    bench.send({ type: 'hold', on: true })
    expect(bench.claim('b')).toBeUndefined()
    bench.renew(lease, 'a', 5)
    expect(bench.effects).toEqual([])
    bench.tickAt(DEFAULT_TIMING.recheckMs)
    expect(bench.effects).toEqual([])
    bench.deliver(lease, 'a')
    expect(summarise(bench.state).statuses).toEqual(['open', 'accepted'])
    bench.send({ type: 'hold', on: false })
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'b' }])
    expect(bench.claim('b')?.token.scene).toBe(0)
  })
})

describe('limits that renewing does not move', () => {
  test('the hard limit revokes, counts as a failure, and its token does not come back', () => {
    const bench = createOwnerBench([1])
    const lease = bench.claim('a')
    const hardAt = lease?.hardMs ?? 0
    let frames = 0
    while (bench.now + 60_000 < hardAt) {
      bench.tickAt(bench.now + 60_000)
      bench.renew(lease, 'a', (frames += 1))
    }
    expect(nextDeadlineMs(bench.state)).toBe(hardAt)
    bench.tickAt(hardAt - 1)
    expect(bench.effects).toEqual([])
    bench.tickAt(hardAt)
    expect(bench.effects).toMatchObject([
      { type: 'revoke', worker: 'a', token: lease?.token },
      { type: 'book', worker: 'a', what: 'missed' }
    ])
    expect(summarise(bench.state).failures).toMatchObject([{ scene: 0, attempts: 1 }])
    // A renewal that crossed the revocation on the way.
    bench.renew(lease, 'a', frames + 1)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'a', token: lease?.token }])
    expect(summarise(bench.state).leases).toEqual([])
  })

  test('no progress for stallMs revokes', () => {
    const bench = createOwnerBench([1000])
    const lease = bench.claim('a')
    bench.now = 60_000
    bench.renew(lease, 'a', 10)
    const stalledAt = 60_000 + stallMs
    while (bench.now + 60_000 < stalledAt) {
      bench.tickAt(bench.now + 60_000)
      bench.renew(lease, 'a', 10)
      expect(bench.effects).toEqual([])
    }
    expect(nextDeadlineMs(bench.state)).toBe(stalledAt)
    bench.tickAt(stalledAt)
    expect(bench.effects).toMatchObject([
      { type: 'revoke', worker: 'a', reason: 'no progress' },
      { type: 'book', worker: 'a', what: 'missed' }
    ])
  })

  test('the second pass is progress although its frames begin anew', () => {
    const bench = createOwnerBench([1000])
    const lease = bench.claim('a')
    bench.now = 60_000
    bench.renew(lease, 'a', 1000)
    bench.now = 120_000
    bench.renew(lease, 'a', 1, 2)
    expect(bench.state.scenes[0]?.leases[0]?.stalledAtMs).toBe(120_000 + stallMs)
  })
})

describe('results', () => {
  test('are verified, then accepted, then settled', () => {
    const bench = createOwnerBench([10, 20])
    const lease = bench.claim('a')
    bench.result(lease, 'a')
    expect(bench.effects).toMatchObject([{ type: 'verify', result: { worker: 'a', token: lease?.token } }])
    expect(summarise(bench.state).statuses).toEqual(['open', 'verifying'])
    bench.result(lease, 'a')
    expect(bench.effects).toEqual([])
    bench.verified(1, true)
    expect(bench.effects.map((effect) => effect.type)).toEqual(['accept', 'book', 'settled'])
    expect(bench.effects[1]).toEqual({ type: 'book', worker: 'a', what: 'accepted' })
    expect(bench.effects[2]).toMatchObject({ worker: 'a', accepted: true, token: lease?.token })
    expect(summarise(bench.state).statuses).toEqual(['open', 'accepted'])
  })

  test('of a token that ran out are still taken, and whoever has the scene now is revoked', () => {
    const bench = createOwnerBench([10, 5])
    const old = bench.claim('a')
    bench.tickAt(200_000)
    const other = bench.claim('b')
    bench.result(old, 'a')
    bench.verified(0, true)
    expect(bench.effects).toMatchObject([
      { type: 'accept', result: { worker: 'a', token: old?.token } },
      { type: 'book', worker: 'a', what: 'accepted' },
      { type: 'settled', worker: 'a', accepted: true },
      { type: 'revoke', worker: 'b', token: other?.token }
    ])
  })

  test('the first valid one wins and the others are told', () => {
    const bench = createOwnerBench([10, 5])
    const old = bench.claim('a')
    bench.tickAt(200_000)
    const other = bench.claim('b')
    bench.result(old, 'a')
    bench.result(other, 'b')
    expect(bench.effects).toEqual([])
    bench.verified(0, true)
    expect(bench.effects).toMatchObject([
      { type: 'accept', result: { worker: 'a' } },
      { type: 'book', worker: 'a', what: 'accepted' },
      { type: 'settled', worker: 'a', accepted: true },
      { type: 'settled', worker: 'b', accepted: false, token: other?.token }
    ])
    bench.result(other, 'b')
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'b', accepted: false }])
  })

  test('when the first is bad the next is verified', () => {
    const bench = createOwnerBench([10, 5])
    const old = bench.claim('a')
    bench.tickAt(200_000)
    const other = bench.claim('b')
    bench.result(old, 'a')
    bench.result(other, 'b')
    bench.verified(0, false)
    expect(bench.effects).toMatchObject([
      { type: 'book', worker: 'a', what: 'refused' },
      { type: 'distrust', worker: 'a' },
      { type: 'settled', worker: 'a', accepted: false },
      { type: 'verify', result: { worker: 'b', token: other?.token } }
    ])
    bench.verified(0, true)
    expect(bench.effects).toMatchObject([
      { type: 'accept', result: { worker: 'b' } },
      { type: 'book', worker: 'b', what: 'accepted' },
      { type: 'settled', worker: 'b', accepted: true }
    ])
  })

  test('a bad one counts as a failure, one that could not be fetched does not', () => {
    const bench = createOwnerBench([10])
    bench.result(bench.claim('a'), 'a')
    bench.verified(0, false, false)
    expect(bench.effects).toMatchObject([{ type: 'settled', accepted: false }])
    expect(summarise(bench.state).failures).toEqual([])
    bench.result(bench.claim('a'), 'a')
    bench.verified(0, false, true)
    expect(summarise(bench.state).failures).toMatchObject([{ scene: 0, attempts: 1 }])
  })

  test('[RULE 85] one that exposes an earlier result is checked again, once that one is taken back', () => {
    const bench = createOwnerBench([10])
    const held = bench.claim('a')
    bench.result(held, 'a')
    const exposing = { type: 'verified', scene: 0, ok: false, blamed: false, reason: 'x' } as const
    bench.send({ ...exposing, exposes: ['liar', 'prover'] })
    expect(bench.effects).toMatchObject([
      { type: 'book', worker: 'liar', what: 'refused' },
      { type: 'distrust', worker: 'liar' },
      { type: 'book', worker: 'prover', what: 'refused' },
      { type: 'distrust', worker: 'prover' },
      { type: 'verify', result: { worker: 'a', token: held?.token } }
    ])
    bench.send({ type: 'lost', scene: 0, ready: false, like: undefined })
    bench.verified(0, true)
    expect(bench.effects.slice(0, 3)).toMatchObject([
      { type: 'accept', result: { worker: 'a' } },
      { type: 'book', worker: 'a', what: 'accepted' },
      { type: 'settled', worker: 'a', accepted: true }
    ])
  })

  test('[RULE 85] one that the owner cannot judge counts as a failure and bars nobody', () => {
    const bench = createOwnerBench([10])
    bench.result(bench.claim('a'), 'a')
    bench.send({ type: 'verified', scene: 0, ok: false, blamed: false, undecided: true, reason: 'x' })
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'a', accepted: false }])
    expect(summarise(bench.state).failures).toMatchObject([{ scene: 0, attempts: 1 }])
  })

  test('of a scene that is not there, or with a token that was never granted, are refused', () => {
    const bench = createOwnerBench([10])
    bench.claim('a')
    const token = { projectId: bench.projectId, scene: 5, epoch: 1, attempt: 1 }
    bench.result({ token }, 'm')
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'm', accepted: false }])
    bench.result({ token: { ...token, scene: 0, attempt: 2 } }, 'm')
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'm', accepted: false }])
  })

  test('a verdict on nothing is passed over', () => {
    const bench = createOwnerBench([10])
    bench.verified(0, true)
    bench.verified(9, true)
    expect(bench.effects).toEqual([])
    expect(summarise(bench.state).statuses).toEqual(['open'])
  })
})

describe('failures', () => {
  test('pauses grow, then the scene is parked; the others go on', () => {
    const bench = createOwnerBench([10, 5], { self: 'a' })
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const lease = bench.claim('a')
      expect(lease?.token.scene).toBe(0)
      const other = attempt === 0 ? bench.claim('b') : undefined
      if (other != null) bench.deliver(other, 'b')
      if (attempt === 0) bench.send({ type: 'disconnected', worker: 'b' })
      bench.fail(lease, 'a')
      if (attempt === attemptsMax - 1) break
      const pause = retryMs * 2 ** attempt
      expect(bench.claim('a')).toBeUndefined()
      expect(nextDeadlineMs(bench.state)).toBe(bench.now + pause)
      bench.tickAt(bench.now + pause - 1)
      expect(bench.effects).toEqual([])
      bench.tickAt(bench.now + 1)
      expect(bench.effects).toEqual([{ type: 'wake', worker: 'a' }])
    }
    expect(summarise(bench.state).statuses).toEqual(['failed', 'accepted'])
    expect(bench.effects).toMatchObject([
      { type: 'end', state: 'failed', reason: '1 scene could not be encoded: broken' }
    ])
  })

  test('a pause that is over is no deadline any more, whether the scene is taken or not', () => {
    const bench = createOwnerBench([10, 5])
    bench.fail(bench.claim('a'), 'a')
    bench.tickAt(retryMs)
    expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    bench.claim('a')
    expect(nextDeadlineMs(bench.state)).toBe(retryMs + leaseTtlMs + leaseGraceMs)
  })

  test('a pause that ended while another held the scene is no deadline when that lease runs out', () => {
    const bench = createOwnerBench([10])
    const lease = bench.claim('m', false, { standing: 'stranger', range: 'r' })
    const second = bench.claim('a')
    expect(second?.token.scene).toBe(0)
    bench.fail(second, 'a')
    bench.renew(lease, 'm', 1)
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(summarise(bench.state)).toMatchObject({ leases: [], failures: [{ scene: 0, attempts: 1 }] })
    expect(nextDeadlineMs(bench.state)).toBeGreaterThan(bench.now)
  })

  test('a worker does not get the scene it failed while another can have it', () => {
    const bench = createOwnerBench([10])
    bench.send({ type: 'connected', worker: 'b' })
    bench.fail(bench.claim('a'), 'a')
    bench.tickAt(retryAloneMs - 1)
    expect(bench.claim('a')).toBeUndefined()
    const second = bench.claim('b')
    expect(second?.token.scene).toBe(0)
    bench.fail(second, 'b')
    bench.tickAt(120_000)
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('and gets it when the other has not taken it for a while', () => {
    const bench = createOwnerBench([10])
    bench.send({ type: 'connected', worker: 'b' })
    bench.now = 500
    bench.fail(bench.claim('a'), 'a')
    bench.tickAt(500 + retryAloneMs - 1)
    expect(bench.claim('a')).toBeUndefined()
    expect(nextDeadlineMs(bench.state)).toBeLessThan(500 + retryAloneMs + DEFAULT_TIMING.recheckMs)
    bench.tickAt(500 + retryAloneMs)
    for (let ticks = 0; ticks < 3 && bench.effects.length === 0; ticks += 1) bench.tickAt(nextDeadlineMs(bench.state))
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'a' }])
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('and gets it when the other has gone', () => {
    const bench = createOwnerBench([10])
    bench.send({ type: 'connected', worker: 'b' })
    bench.fail(bench.claim('a'), 'a')
    bench.send({ type: 'disconnected', worker: 'b' })
    bench.tickAt(60_000)
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('leaving is none', () => {
    const bench = createOwnerBench([10])
    for (let round = 0; round < 5; round += 1) bench.fail(bench.claim('a'), 'a', 'left')
    expect(summarise(bench.state).failures).toEqual([])
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('a parked scene still takes a late result', () => {
    const bench = createOwnerBench([10, 5])
    bench.deliver(bench.claimScene('a', 1), 'a')
    const late = bench.claim('b')
    bench.tickAt(200_000)
    for (let attempt = 1; attempt < attemptsMax; attempt += 1) {
      bench.fail(bench.claimScene(`w${attempt}`, 0), `w${attempt}`)
      bench.tickAt(bench.now + 60_000)
    }
    bench.result(late, 'b')
    bench.verified(0, true)
    expect(summarise(bench.state).statuses).toEqual(['accepted', 'accepted'])
  })

  test.for([
    [1, 1],
    [1, 3],
    [3, 1]
  ] as const)(
    'an encoder that always fails is started a few times only: %i workers with %i slots',
    ([workers, slots]) => {
      const scenes = Array.from({ length: 200 }, (_, index) => 300 - index)
      const bench = createOwnerBench(scenes, { self: 'w0' })
      const names = Array.from({ length: workers }, (_, index) => `w${index}`)
      for (const worker of names) bench.send({ type: 'connected', worker })
      let starts = 0
      let ended = false
      for (let round = 0; round < 1000 && !ended; round += 1) {
        const running = names.flatMap((worker) =>
          Array.from({ length: slots }, () => ({ worker, lease: bench.claim(worker) })).filter(
            ({ lease }) => lease != null
          )
        )
        starts += running.length
        for (const { worker, lease } of running) {
          bench.fail(lease, worker)
          ended ||= bench.effects.some((effect) => effect.type === 'end')
        }
        bench.tickAt(bench.now + 100)
      }
      expect(ended).toBe(true)
      expect(starts).toBeLessThanOrEqual(attemptsMax * attemptsMax)
    }
  )

  test('one broken worker among good ones does not end the project, and is kept off fresh scenes', () => {
    const bench = createOwnerBench(Array.from({ length: 30 }, () => 10))
    for (const worker of ['good', 'bad']) bench.send({ type: 'connected', worker })
    let badStarts = 0
    for (let round = 0; round < 600 && !bench.all.some((effect) => effect.type === 'join'); round += 1) {
      const bad = bench.claim('bad')
      if (bad != null) badStarts += 1
      bench.fail(bad, 'bad')
      // A good encode takes ten rounds.
      const good = bench.claim('good')
      bench.tickAt(bench.now + 1000)
      bench.deliver(good, 'good')
    }
    expect(bench.all.filter((effect) => effect.type === 'join')).toHaveLength(1)
    expect(bench.all.filter((effect) => effect.type === 'end')).toEqual([])
    expect(badStarts).toBeLessThanOrEqual(30)
  })
})

describe('strangers that fail', () => {
  const stranger = (range: string) => ({ standing: 'stranger', range }) as const

  test('park no scene, make nobody wait, and get nothing for a while', () => {
    const bench = createOwnerBench([10, 20])
    for (let count = 0; count < 3 * attemptsMax; count += 1) {
      const lease = bench.claim(`m${count}`, false, stranger('r'))
      expect(lease?.token.scene).toBe(0)
      bench.fail(lease, `m${count}`)
      expect(bench.claim(`m${count}`, false, stranger('r'))).toBeUndefined()
    }
    expect(bench.state.failedScenes).toBe(0)
    expect(bench.state.scenes[0]?.notBeforeMs).toBe(0)
    expect(bench.all.some((effect) => effect.type === 'end')).toBe(false)
    bench.deliver(bench.claim('a'), 'a')
    expect(bench.claim('a')?.token.scene).toBe(0)
  })

  test('do not end a project, however many they are', () => {
    const bench = createOwnerBench([10])
    for (const worker of ['m', 'n']) bench.fail(bench.claim(worker, false, stranger(worker)), worker)
    bench.tickAt(1000)
    expect(bench.all.some((effect) => effect.type === 'end')).toBe(false)
  })

  test('are remembered to a limit; failures that count are all kept', () => {
    const bench = createOwnerBench([10, 20])
    bench.deliver(bench.claimScene('a', 1), 'a')
    bench.fail(bench.claim('a'), 'a')
    bench.tickAt(60_000)
    for (let count = 0; count < LIMITS.grantedPerSceneMax + 5; count += 1)
      bench.fail(bench.claim(`m${count}`, false, stranger('r')), `m${count}`)
    const failures = bench.state.scenes[0]?.failures ?? []
    expect(failures.filter((failure) => failure.counts).map(({ worker }) => worker)).toEqual(['a'])
    expect(failures.filter((failure) => !failure.counts)).toHaveLength(LIMITS.grantedPerSceneMax)
    expect(failures.at(-1)?.worker).toBe(`m${LIMITS.grantedPerSceneMax + 4}`)
  })
})

describe('a scene whose piece is missing', () => {
  test('is not handed out until it is there, and is no deadline', () => {
    const bench = createOwnerBench([])
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: false })
    bench.send({ type: 'planned' })
    expect(bench.claim('a')).toBeUndefined()
    expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    bench.send({ type: 'ready', scene: 0 })
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'a' }])
    expect(bench.claim('a')?.token.scene).toBe(0)
    bench.send({ type: 'ready', scene: 0 })
    bench.send({ type: 'ready', scene: 4 })
    expect(bench.effects).toEqual([])
  })
})

describe('a worker that only fails', () => {
  test('gets nothing until its pause is over, and is woken then, not before', () => {
    const { workerFailuresMax, pauseMs } = DEFAULT_TIMING
    const bench = createOwnerBench(Array.from({ length: 9 }, () => 10))
    bench.deliver(bench.claim('good'), 'good')
    const held = bench.claim('good')
    for (let round = 0; round < workerFailuresMax; round += 1) bench.fail(bench.claim('bad'), 'bad')
    expect(bench.claim('bad')).toBeUndefined()
    bench.now = 1000
    bench.fail(held, 'good', 'left')
    expect(bench.effects).toEqual([])
    for (let ticks = 0; ticks < 10 && bench.now < pauseMs; ticks += 1) bench.tickAt(nextDeadlineMs(bench.state))
    expect(bench.now).toBe(pauseMs)
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'bad' }])
    expect(bench.claim('bad')).toBeDefined()
  })

  test('one whose encode is still under way keeps the project alive', () => {
    const bench = createOwnerBench(Array.from({ length: 9 }, () => 10))
    const slow = bench.claim('a')
    for (let round = 0; round < DEFAULT_TIMING.workerFailuresMax; round += 1) bench.fail(bench.claim('a'), 'a')
    expect(bench.all.some((effect) => effect.type === 'end')).toBe(false)
    bench.result(slow, 'a')
    bench.verified(0, true)
    expect(bench.all.some((effect) => effect.type === 'end')).toBe(false)
  })
})

describe('wakes', () => {
  test('go to those who were told to wait, once, when a scene can be had', () => {
    const bench = createOwnerBench([10], { planned: false })
    const lease = bench.claim('a')
    bench.claim('b')
    bench.claim('c')
    bench.send({ type: 'connected', worker: 'd' })
    bench.send({ type: 'disconnected', worker: 'c' })
    bench.send({ type: 'scene', frames: 5, accepted: false, ready: true })
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'b' }])
    bench.send({ type: 'scene', frames: 5, accepted: false, ready: true })
    expect(bench.effects).toEqual([])
    bench.claim('b')
    bench.claim('e')
    bench.claim('b')
    expect(bench.effects).toMatchObject([{ type: 'no-work' }])
    bench.fail(lease, 'a', 'left')
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'b' }])
  })

  test('when a lease runs out', () => {
    const bench = createOwnerBench([10])
    bench.claim('a')
    bench.claim('b')
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    expect(bench.effects).toEqual([{ type: 'wake', worker: 'b' }])
  })
})

describe('no harm is done by', () => {
  test('what a worker says of its time counts no further than it had, also when its lease ran out', () => {
    const bench = createOwnerBench([100, 50])
    const lease = bench.claim('a')
    bench.tickAt(leaseTtlMs + leaseGraceMs)
    bench.deliver(lease, 'a', { encodeMs: Number.MAX_SAFE_INTEGER })
    // The mean over all workers is what others are expected to take, and what their hard limit is made of.
    expect(bench.state.measured.encodeMs).toBeLessThanOrEqual(bench.now)
  })

  test('strangers that wait and may have nothing keep no wake from those who may', () => {
    const stranger = { standing: 'stranger', range: 'r' } as const
    const bench = createOwnerBench(Array.from({ length: 8 }, () => 10))
    const fast = ['m1', 'm2', 'm3', 'm4']
    for (const worker of fast) {
      const lease = bench.claim(worker, false, stranger)
      bench.now += 10
      bench.deliver(lease, worker, { encodeMs: 10 })
    }
    // Four others hold all that their range may hold; the fast ones are strangers again, after a bad result elsewhere.
    for (const worker of ['n1', 'n2', 'n3', 'n4']) expect(bench.claim(worker, false, stranger)).toBeDefined()
    for (const worker of fast) expect(bench.claim(worker, false, stranger)).toBeUndefined()
    bench.send({ type: 'hold', on: true })
    expect(bench.claim('friend')).toBeUndefined()
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true })
    bench.send({ type: 'hold', on: false })
    for (let ticks = 0; ticks < 10; ticks += 1) bench.tickAt(bench.now + DEFAULT_TIMING.recheckMs)
    expect(bench.all).toContainEqual({ type: 'wake', worker: 'friend' })
  })
})

describe('the end', () => {
  test('join comes once, when the plan is closed and everything is accepted', () => {
    const bench = createOwnerBench([10, 20], { planned: false })
    bench.deliver(bench.claim('a'), 'a')
    bench.deliver(bench.claim('a'), 'a')
    expect(bench.effects.some((effect) => effect.type === 'join')).toBe(false)
    bench.send({ type: 'planned' })
    expect(bench.effects).toEqual([{ type: 'join' }])
    bench.send({ type: 'planned' })
    bench.send({ type: 'tick' })
    bench.verified(0, true)
    expect(bench.all.filter((effect) => effect.type === 'join')).toHaveLength(1)
    expect(bench.claim('a')).toBeUndefined()
  })

  test('a plan that closes over accepted scenes of before a restart joins at once', () => {
    const bench = createOwnerBench([])
    bench.state = { ...bench.state, planned: false }
    bench.send({ type: 'scene', frames: 50, accepted: true, ready: true })
    bench.send({ type: 'planned' })
    expect(bench.effects).toEqual([{ type: 'join' }])
  })

  test('after its end a long film is told as before, and its scenes that are alike are one', () => {
    const bench = createOwnerBench([])
    for (let scene = 0; scene < 300; scene += 1)
      bench.send({ type: 'scene', frames: 10 + (scene % 2), accepted: scene % 3 > 0, ready: true })
    const before = summarise(bench.state)
    bench.send({ type: 'ended' })
    expect(summarise(bench.state)).toEqual(before)
    expect(new Set(bench.state.scenes).size).toBe(4)
  })

  test('when it is cancelled, leases are revoked and results settled; after it everything is refused', () => {
    const bench = createOwnerBench([10, 20, 30])
    const lease = bench.claim('a')
    const delivered = bench.claim('b')
    bench.result(delivered, 'b')
    bench.send({ type: 'ended' })
    expect(bench.effects).toMatchObject([
      { type: 'settled', worker: 'b', accepted: false },
      { type: 'revoke', worker: 'a' }
    ])
    expect(nextDeadlineMs(bench.state)).toBe(Infinity)
    expect(bench.state).toMatchObject(derivedOf(bench.state))
    expect(bench.state).toMatchObject({ queue: [], leased: new Set() })
    expect(bench.claim('c')).toBeUndefined()
    expect(bench.effects).toMatchObject([{ type: 'no-work', worker: 'c' }])
    bench.renew(lease, 'a', 3)
    expect(bench.effects).toMatchObject([{ type: 'revoke', worker: 'a' }])
    bench.result(lease, 'a')
    expect(bench.effects).toMatchObject([{ type: 'settled', worker: 'a', accepted: false }])
    bench.verified(1, true)
    bench.send({ type: 'tick' })
    bench.send({ type: 'planned' })
    bench.send({ type: 'connected', worker: 'a' })
    bench.send({ type: 'scene', frames: 1, accepted: false, ready: true })
    expect(bench.effects).toEqual([])
  })

  test('a project that failed hands nothing out any more, and says so once', () => {
    const bench = createOwnerBench([10], { self: 'a' })
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      bench.fail(bench.claim('a'), 'a')
      bench.tickAt(bench.now + 60_000)
    }
    expect(bench.claim('a')).toBeUndefined()
    bench.send({ type: 'tick' })
    expect(bench.all.filter((effect) => effect.type === 'end')).toHaveLength(1)
  })
})
