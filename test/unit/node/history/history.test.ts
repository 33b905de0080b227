import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHistory, type Attempt } from '../../../../src/node/history/index.ts'
import type { AttemptRepository, StoredAttempt } from '../../../../src/storage/index.ts'
import type { OwnerEvent, OwnerState } from '../../../../src/swarm/protocol/index.ts'
import { beatOf, viewOf } from '../../../fixtures/api-bench.ts'
import { createMemoryAttemptStore } from '../../../fixtures/memory-attempt-store.ts'
import { createOwnerBench, MAKER, type OwnerBenchInit } from '../../../fixtures/owner-bench.ts'
import { hashNo, OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import { silent } from '../../../fixtures/swarm-node.ts'

const QUALITY = { psnr: 41.5, psnrMean: 43, xpsnr: 40 }

/** An owner whose every step is looked at; its wall clock is a thousand seconds ahead of its own. */
function watchedOwner(frames: readonly number[], init: OwnerBenchInit = {}, repository = createMemoryAttemptStore()) {
  const bench = createOwnerBench([], { ...init, planned: false })
  const history = createHistory(
    { self: OWNER, book: { views: new Map([[PROJECT, viewOf()]]) }, repository, log: silent },
    () => bench.now + 1_000_000
  )
  const send = bench.send.bind(bench)
  bench.send = (event) => {
    const before = bench.state
    const after = send(event)
    history.step(before, after, { ...event, nowMs: bench.now } as OwnerEvent, bench.effects)
    for (const effect of bench.effects)
      if (effect.type === 'accept') history.accepted(effect.result.token, effect.result.worker, QUALITY)
    return after
  }
  for (const length of frames) bench.send({ type: 'scene', frames: length, accepted: false, ready: true })
  bench.send({ type: 'planned' })
  const of = (scene: number): (Partial<Attempt> | undefined)[] =>
    history.of(PROJECT, scene).map(({ worker, verdict, reason }) => ({ worker, verdict, reason }))
  return Object.assign(bench, { history, of })
}

describe('what an owner does with a scene is remembered', () => {
  test('from the grant to the receipt', () => {
    const bench = watchedOwner([10])
    const grant = bench.claim('a')
    expect(bench.of(0)).toEqual([{ worker: 'a', verdict: 'running', reason: '' }])
    bench.now = 5000
    bench.renew(grant, 'a', 5)
    bench.result(grant, 'a', 4000)
    expect(bench.history.of(PROJECT, 0)).toMatchObject([{ verdict: 'verifying', bytes: 10, encodeMs: 4000 }])
    bench.now = 6000
    bench.verified(0, true)
    expect(bench.history.of(PROJECT, 0)).toEqual([
      {
        projectId: PROJECT,
        scene: 0,
        epoch: 1,
        attempt: 1,
        worker: 'a',
        startedAtMs: 1_000_000,
        endedAtMs: 1_005_000,
        changedAtMs: 1_006_000,
        encodeMs: 4000,
        bytes: 10,
        verdict: 'accepted',
        reason: '',
        ...QUALITY
      }
    ])
  })

  test.for([
    ['failed', 'failed'],
    ['declined', 'released'],
    ['left', 'released']
  ] as const)('a worker that %s', ([kind, verdict]) => {
    const bench = watchedOwner([10, 10])
    bench.fail(bench.claimScene('a', 0), 'a', kind)
    expect(bench.of(0)).toEqual([{ worker: 'a', verdict, reason: 'broken' }])
  })

  test('a result that is refused, and one that could not be fetched', () => {
    const bench = watchedOwner([10, 10])
    bench.result(bench.claimScene('a', 0), 'a')
    bench.verified(0, false)
    bench.result(bench.claimScene('b', 1), 'b')
    bench.verified(1, false, false)
    expect(bench.of(0)).toEqual([{ worker: 'a', verdict: 'refused', reason: 'bad' }])
    expect(bench.of(1)).toEqual([{ worker: 'b', verdict: 'failed', reason: 'bad' }])
  })

  test('a worker that is silent, comes back, and is overtaken', () => {
    const bench = watchedOwner([10])
    const lost = bench.claim('a')
    bench.tickAt(200_000)
    expect(bench.of(0)).toMatchObject([
      { verdict: 'expired', reason: expect.stringContaining('contact with its worker was lost') }
    ])
    bench.renew(lost, 'a', 2)
    expect(bench.of(0)).toMatchObject([{ verdict: 'running', reason: '' }])
    expect(bench.history.of(PROJECT, 0)[0]).toMatchObject({ startedAtMs: 1_000_000, endedAtMs: null })
    bench.tickAt(500_000)
    const next = bench.claim('b')
    bench.result(next, 'b')
    bench.result(lost, 'a')
    bench.verified(0, true)
    expect(bench.of(0)).toMatchObject([
      { worker: 'a', verdict: 'superseded' },
      { worker: 'b', verdict: 'accepted' }
    ])
  })

  test('a worker without progress, and one that is at work when the project ends', () => {
    const bench = watchedOwner([10, 10])
    const stalled = bench.claimScene('a', 0)
    for (let ms = 0; ms < 31 * 60_000; ms += 60_000) {
      bench.now = ms
      bench.renew(stalled, 'a', 1)
      bench.send({ type: 'tick' })
    }
    expect(bench.of(0)).toMatchObject([{ verdict: 'expired', reason: expect.stringMatching(/no progress|far longer/) }])
    bench.claimScene('b', 1)
    bench.send({ type: 'ended' })
    expect(bench.of(1)).toEqual([{ worker: 'b', verdict: 'released', reason: 'the project has ended' }])
  })
})

test('what is not over in the history is exactly what the owner has under way, whatever happens', () => {
  const step = record({
    what: constantFrom(
      'claim',
      'renew',
      'result',
      'ok',
      'bad',
      'lost',
      'exposes',
      'fail',
      'left',
      'tick',
      'gone',
      'back',
      'shown'
    ),
    worker: constantFrom('a', 'b', 'c'),
    pick: nat(100),
    ms: nat(120_000)
  })
  assert(
    property(array(step, { maxLength: 80 }), (steps) => {
      const bench = watchedOwner([10, 20, 30])
      for (const { what, worker, pick, ms } of steps) {
        bench.now += ms
        const scene = pick % 3
        const granted = bench.state.scenes[scene]?.granted ?? []
        const one = granted[pick % Math.max(1, granted.length)]
        const token = { projectId: PROJECT, scene, epoch: one?.epoch ?? 1, attempt: one?.attempt ?? 99 }
        const holds = { token }
        const whose = pick % 7 === 0 ? worker : (one?.worker ?? worker)
        if (what === 'claim') bench.claim(worker, pick % 4 === 0)
        else if (what === 'renew') bench.renew(holds, whose, pick % 10)
        else if (what === 'result') bench.result(holds, whose)
        else if (what === 'ok' || what === 'bad') bench.verified(scene, what === 'ok')
        else if (what === 'lost') bench.verified(scene, false, false)
        else if (what === 'exposes') bench.send({ ...exposing, scene })
        else if (what === 'fail' || what === 'left') bench.fail(holds, whose, what === 'fail' ? 'failed' : 'left')
        else if (what === 'tick') bench.send({ type: 'tick' })
        else if (what === 'shown') bench.send({ type: 'restored', maker: MAKER, token: shownOf(worker, scene), worker })
        else bench.send({ type: what === 'gone' ? 'disconnected' : 'connected', worker })
        expect(openOf(bench)).toEqual(underWay(bench.state))
      }
    }),
    { numRuns: 300 }
  )
})

/** A result is right, and an earlier one was not. */
const exposing = { type: 'verified', ok: false, blamed: false, exposes: ['liar'], reason: 'bad' } as const

/** A grant from before a restart; no two workers have the same. */
const shownOf = (worker: string, scene: number) => ({
  projectId: PROJECT,
  scene,
  epoch: 0,
  attempt: worker.charCodeAt(0)
})

function openOf({
  history,
  state
}: {
  history: Pick<ReturnType<typeof createHistory>, 'of'>
  state: OwnerState
}): string[] {
  return state.scenes
    .flatMap((_, scene) => history.of(PROJECT, scene))
    .filter(({ verdict }) => verdict === 'running' || verdict === 'verifying')
    .map(({ scene, epoch, attempt, worker, verdict }) => [scene, epoch, attempt, worker, verdict].join())
    .toSorted()
}

function underWay({ scenes }: OwnerState): string[] {
  return scenes
    .flatMap(({ leases, results }, scene) => [
      ...leases.map(({ epoch, attempt, worker }) => [scene, epoch, attempt, worker, 'running'].join()),
      ...results.map(({ token, worker }) => [scene, token.epoch, token.attempt, worker, 'verifying'].join())
    ])
    .toSorted()
}

describe('a restart', () => {
  test('knows what was, and that what did not come back ended', async () => {
    const repository = createMemoryAttemptStore()
    const first = watchedOwner([10, 10, 10], {}, repository)
    first.deliver(first.claimScene('a', 0), 'a')
    const kept = first.claimScene('a', 1)
    first.claimScene('b', 2)
    await first.history.stop()
    const second = watchedOwner([10, 10, 10], { epoch: 2 }, repository)
    await second.history.start()
    if (kept != null) second.send({ type: 'restored', maker: MAKER, token: kept.token, worker: 'a' })
    second.history.resumed(second.state)
    expect(second.of(0)).toMatchObject([{ worker: 'a', verdict: 'accepted' }])
    expect(second.of(1)).toMatchObject([{ worker: 'a', verdict: 'running' }])
    expect(second.of(2)).toMatchObject([
      { worker: 'b', verdict: 'expired', reason: expect.stringContaining('this node restarted') }
    ])
  })

  test('a removed project is gone from the disk as well', async () => {
    const stored = new Map<string, StoredAttempt>()
    const bench = watchedOwner([10], {}, createMemoryAttemptStore(stored))
    bench.claim('a')
    bench.history.forget(PROJECT)
    await bench.history.stop()
    expect([bench.of(0), stored.size]).toEqual([[], 0])
  })

  test('a disk that takes nothing stops nothing', async () => {
    const broken: AttemptRepository = {
      ...createMemoryAttemptStore(),
      put: async () => Promise.reject(new Error('full'))
    }
    const bench = watchedOwner([10], {}, broken)
    bench.deliver(bench.claim('a'), 'a')
    await bench.history.stop()
    expect(bench.of(0)).toMatchObject([{ verdict: 'accepted' }])
  })
})

describe('of projects of others', () => {
  const token = { projectId: PROJECT, scene: 1, epoch: 1, attempt: 1 }

  function elsewhere(view = viewOf()) {
    const views = new Map([[PROJECT, view]])
    let now = 1000
    const history = createHistory(
      { self: 'me', book: { views }, repository: createMemoryAttemptStore(), log: silent },
      () => now
    )
    return { history, views, at: (ms: number) => (now = ms), of: () => history.of(PROJECT, 1) }
  }

  const lease = (attempt: number, worker: string = WORKER, scene = 1) => ({
    scene,
    worker,
    attempt,
    pass: 1,
    frames: 0
  })

  test('a beat shows what began since the one before, and the receipt ends it', () => {
    const { history, of, at } = elsewhere()
    history.heardBeat(beatOf({ leases: [] }))
    at(2000)
    // The owner's own view got the beats between them.
    history.heardBeat(beatOf({ beatNo: 5, leases: [lease(1), lease(2, 'other')] }))
    at(9000)
    const accept = {
      scene: 1,
      result: { sha256: hashNo(1), bytes: 5 },
      worker: WORKER,
      epoch: 1,
      attempt: 1,
      encodeMs: 7
    }
    const record = { projectId: PROJECT, epoch: 1, seq: 2, prev: '', body: { type: 'accept', accept } } as const
    history.heardRecord({ view: viewOf(), record })
    expect(of()).toMatchObject([
      { worker: WORKER, verdict: 'accepted', startedAtMs: 2000, endedAtMs: 9000 },
      { worker: 'other', verdict: 'superseded' }
    ])
  })

  test('a beat that names it no more ends it', () => {
    const { history, of } = elsewhere()
    history.heardBeat(beatOf())
    history.heardBeat(
      beatOf({
        beatNo: 2,
        leases: [],
        sceneStates: ['accepted', 'open'],
        failures: [{ scene: 1, attempts: 1, reason: 'no flag' }]
      })
    )
    expect(of()).toMatchObject([{ verdict: 'failed', reason: 'no flag' }])
  })

  test.each([
    ['no beat came before', undefined],
    ['the one before came more than a minute ago', beatOf({ beatNo: 6, leases: [] }), 60_001],
    ['the owner started again', beatOf({ epoch: 0, beatNo: 6, leases: [] })],
    [
      'the one before had no room for it',
      beatOf({ beatNo: 6, leases: Array.from({ length: 256 }, (_, n) => lease(n + 9, 'w', 0)) })
    ]
  ])('nobody knows when a lease began where %s, and the time line leaves it out', (_, before, laterMs = 1000) => {
    const { history, of, at } = elsewhere()
    if (before !== undefined) history.heardBeat(before)
    at(1000 + laterMs)
    history.heardBeat(beatOf({ beatNo: 7 }))
    expect(of()).toMatchObject([{ worker: WORKER, verdict: 'running', startedAtMs: null }])
    expect(history.since(0, 10)).toEqual([])
  })

  test('a flood of leases is bounded, and own attempts stay', () => {
    const [, open = viewOf().scenes[0]] = viewOf().scenes
    const { history, views } = elsewhere({ ...viewOf(), scenes: Array.from({ length: 5000 }, () => open) } as never)
    const own = 'own'
    views.set(own, { ...viewOf({ projectId: own }), owner: 'me' })
    const bench = createOwnerBench([10])
    const before = { ...bench.state, projectId: own }
    const grant = {
      type: 'grant',
      worker: 'a',
      claimId: 'c',
      token: { ...token, projectId: own },
      ttlMs: 1,
      hardMs: 1,
      holders: [],
      maker: MAKER
    } as const
    history.step(before, before, { type: 'tick', nowMs: 0 }, [grant])
    for (let beatNo = 0; beatNo < 300; beatNo += 1) {
      const leases = Array.from({ length: 200 }, (_, n) => lease(beatNo * 200 + n, WORKER, (beatNo * 200 + n) % 5000))
      history.heardBeat(beatOf({ beatNo, leases }))
    }
    expect(history.since(0, 100_000).length).toBeLessThan(18_000)
    expect(history.of(own, 1)).toHaveLength(1)
  })

  test('nothing is taken of what is not known, has ended or is own', () => {
    const { history } = elsewhere({ ...viewOf({ end: {} }) })
    history.heardBeat(beatOf({ projectId: 'x' }))
    expect(history.since(0, 10)).toEqual([])
  })
})
