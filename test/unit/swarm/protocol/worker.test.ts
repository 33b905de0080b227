import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createWorkerState,
  jobKey,
  projectsOver,
  stepWorker,
  type Candidate,
  type Job,
  type JobStage,
  type Token,
  type WorkerEffect,
  type WorkerEvent
} from '../../../../src/swarm/protocol/index.ts'

const candidate = (projectId: string, more: Partial<Candidate> = {}): Candidate => ({
  projectId,
  owner: 'owner',
  priority: 0,
  createdAtMs: 0,
  slotsMax: 100,
  probed: true,
  ...more
})

const TIMES = { ttlMs: 90_000, hardMs: 3_600_000 }

/** A worker with the few moves that tests make. */
function createBench(slots: number, queue: number) {
  let scene = 0
  const bench = {
    state: createWorkerState(slots, queue),
    now: 0,
    effects: [] as readonly WorkerEffect[],
    all: [] as WorkerEffect[],
    send(event: WorkerEvent): void {
      const step = stepWorker(bench.state, event)
      bench.state = step.state
      bench.effects = step.effects
      bench.all.push(...step.effects)
    },
    fetched(key: string): void {
      bench.send({ type: 'fetched', key, nowMs: bench.now })
    },
    tickAt(nowMs: number): void {
      bench.now = nowMs
      bench.send({ type: 'tick', nowMs })
    },
    open(candidates: readonly Candidate[]): void {
      bench.send({ type: 'candidates', candidates })
      for (const owner of new Set(candidates.map((one) => one.owner))) bench.send({ type: 'session-opened', owner })
    },
    /** Claims that wait for an answer. */
    claims: () => [...bench.state.claims].map(([claimNo, claim]) => ({ claimNo, ...claim })),
    /** A grant, whether it is taken or handed back. */
    answer(claimNo: number): Job | undefined {
      const claim = bench.state.claims.get(claimNo)
      const token: Token = { projectId: claim?.projectId ?? '?', scene: (scene += 1), epoch: 1, attempt: scene }
      bench.send({ type: 'granted', owner: claim?.owner ?? '?', claimNo, token, ...TIMES, nowMs: bench.now })
      return bench.state.jobs.get(jobKey(token))
    },
    grant(claimNo: number): Job {
      const job = bench.answer(claimNo)
      if (job == null) throw new Error('the grant was not taken')
      return job
    },
    /** Grants what is claimed, at most this many. */
    grantAll(most = 100): Job[] {
      return bench
        .claims()
        .slice(0, most)
        .map(({ claimNo }) => bench.grant(claimNo))
    },
    stages: (): JobStage[] => [...bench.state.jobs.values()].map((job) => job.stage),
    of: (type: WorkerEffect['type']) => bench.effects.filter((effect) => effect.type === type)
  }
  return bench
}

describe('claims', () => {
  test('none without a session, none without a candidate', () => {
    const bench = createBench(2, 1)
    bench.send({ type: 'candidates', candidates: [candidate('p')] })
    expect(bench.all).toEqual([])
    bench.send({ type: 'session-opened', owner: 'another' })
    expect(bench.all).toEqual([])
    bench.send({ type: 'session-opened', owner: 'owner' })
    expect(bench.claims().map(({ prefetch }) => prefetch)).toEqual([false, false, true])
    bench.send({ type: 'wake', projectId: 'p' })
    expect(bench.effects).toEqual([])
  })

  test('a node without slots asks for nothing', () => {
    const bench = createBench(0, 3)
    bench.open([candidate('p')])
    expect(bench.all).toEqual([])
  })

  test('lower priority first, then the older', () => {
    const bench = createBench(1, 0)
    bench.open([
      candidate('late', { createdAtMs: 9 }),
      candidate('early', { createdAtMs: 5 }),
      candidate('urgent', { priority: -1.5, createdAtMs: 99 }),
      candidate('idle', { priority: 3, createdAtMs: 0 })
    ])
    const order: string[] = []
    for (let round = 0; round < 4; round += 1) {
      const [claim] = bench.claims()
      if (claim == null) break
      order.push(claim.projectId)
      bench.send({ type: 'no-work', claimNo: claim.claimNo })
    }
    expect(order).toEqual(['urgent', 'early', 'late', 'idle'])
    expect(bench.claims()).toEqual([])
  })

  test('nothing is asked twice until a wake or a new session', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'no-work', claimNo: 1 })
    expect(bench.claims()).toEqual([])
    bench.send({ type: 'candidates', candidates: [candidate('p')] })
    expect(bench.claims()).toEqual([])
    bench.send({ type: 'wake', projectId: 'p' })
    expect(bench.claims()).toHaveLength(1)
    bench.send({ type: 'no-work', claimNo: 2 })
    bench.send({ type: 'session-closed', owner: 'owner' })
    bench.send({ type: 'session-opened', owner: 'owner' })
    expect(bench.claims()).toHaveLength(1)
  })

  test('a session that opens while its project is no candidate counts as well', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'no-work', claimNo: 1 })
    bench.send({ type: 'session-closed', owner: 'owner' })
    bench.send({ type: 'candidates', candidates: [] })
    bench.send({ type: 'session-opened', owner: 'owner' })
    bench.send({ type: 'candidates', candidates: [candidate('p')] })
    expect(bench.claims()).toHaveLength(1)
  })

  test('nothing to fetch ahead does not keep a free slot from asking', () => {
    const bench = createBench(1, 1)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.send({ type: 'no-work', claimNo: 2 })
    expect(bench.state.nothing.get('p')).toBe('prefetch')
    bench.fetched(job.key)
    expect(bench.claims()).toEqual([])
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.claims()).toMatchObject([{ prefetch: false }])
  })

  test('what one project has no work for goes to the next', () => {
    const bench = createBench(2, 0)
    bench.open([candidate('first'), candidate('second', { priority: 1 })])
    expect(bench.claims().map(({ projectId }) => projectId)).toEqual(['first', 'first'])
    bench.send({ type: 'no-work', claimNo: 2 })
    expect(bench.claims().map(({ projectId }) => projectId)).toEqual(['first', 'second'])
  })

  describe('[RULE 84] a slot that becomes free', () => {
    /** Encodes the last scene of the first film that may be fetched ahead, and has one of the second at hand. */
    function nearTheEnd() {
      const bench = createBench(1, 1)
      bench.open([candidate('first'), candidate('second', { priority: 1 })])
      const job = bench.grant(1)
      bench.fetched(job.key)
      bench.send({ type: 'no-work', claimNo: 2 })
      const [ahead] = bench.claims()
      expect(ahead).toMatchObject({ projectId: 'second', prefetch: true })
      const later = bench.grant(ahead?.claimNo ?? 0)
      bench.fetched(later.key)
      bench.send({ type: 'encoded', key: job.key })
      return { bench, later }
    }
    const begun = (bench: ReturnType<typeof createBench>): string[] =>
      bench.of('encode').map((effect) => (effect.type === 'encode' ? effect.job.token.projectId : ''))

    test('goes to the film that comes first, not to a later one whose scene is here', () => {
      const { bench } = nearTheEnd()
      expect(begun(bench)).toEqual([])
      const [claim] = bench.claims()
      expect(claim).toMatchObject({ projectId: 'first', prefetch: false })
      const last = bench.grant(claim?.claimNo ?? 0)
      bench.fetched(last.key)
      expect(begun(bench)).toEqual(['first'])
    })

    test('goes to the later one as soon as the first has no scene', () => {
      const { bench } = nearTheEnd()
      bench.send({ type: 'no-work', claimNo: bench.claims()[0]?.claimNo ?? 0 })
      expect(begun(bench)).toEqual(['second'])
    })

    test('waits a moment for an answer, and as long for a piece', () => {
      const { bench } = nearTheEnd()
      bench.tickAt(4_999)
      expect(begun(bench)).toEqual([])
      bench.tickAt(5_000)
      expect(begun(bench)).toEqual(['second'])

      const slow = nearTheEnd()
      slow.bench.tickAt(3_000)
      const last = slow.bench.grant(slow.bench.claims()[0]?.claimNo ?? 0)
      slow.bench.tickAt(7_999)
      expect(begun(slow.bench)).toEqual([])
      slow.bench.tickAt(8_000)
      expect(begun(slow.bench)).toEqual(['second'])
      // Which then is the next.
      slow.bench.fetched(last.key)
      slow.bench.send({ type: 'encoded', key: slow.later.key })
      expect(begun(slow.bench)).toEqual(['first'])
    })
  })

  test('an answer that nobody waits for changes nothing', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'no-work', claimNo: 99 })
    expect(bench.effects).toEqual([])
    expect(bench.claims()).toHaveLength(1)
  })
})

describe('grants', () => {
  test('for a claim that was forgotten, or of another project, are handed back at once', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'session-closed', owner: 'owner' })
    bench.send({ type: 'session-opened', owner: 'owner' })
    const token = { projectId: 'p', scene: 4, epoch: 1, attempt: 1 }
    bench.send({ type: 'granted', owner: 'owner', claimNo: 1, token, ...TIMES, nowMs: 0 })
    expect(bench.effects).toMatchObject([{ type: 'release', kind: 'left', job: { token, owner: 'owner' } }])
    bench.send({ type: 'granted', owner: 'owner', claimNo: 2, token: { ...token, projectId: 'q' }, ...TIMES, nowMs: 0 })
    expect(bench.of('release')).toMatchObject([{ kind: 'left' }])
    expect(bench.of('fetch')).toEqual([])
    expect(bench.state.jobs.size).toBe(0)
  })

  test('fetch, encode, deliver, settled', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    expect(bench.effects).toMatchObject([{ type: 'fetch', job: { key: job.key, stage: 'fetching' } }])
    bench.fetched(job.key)
    expect(bench.effects).toMatchObject([{ type: 'encode', job: { key: job.key } }])
    bench.send({ type: 'progress', key: job.key, pass: 2, frames: 7 })
    expect(bench.state.jobs.get(job.key)).toMatchObject({ stage: 'encoding', pass: 2, frames: 7 })
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.effects).toMatchObject([{ type: 'deliver', job: { key: job.key } }, { type: 'claim' }])
    bench.send({ type: 'settled', owner: 'owner', key: job.key })
    expect(bench.effects).toMatchObject([{ type: 'discard', job: { key: job.key } }])
    expect(bench.state.jobs.size).toBe(0)
  })

  test('an event that comes late or twice starts nothing again', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.of('deliver')).toEqual([])
    bench.fetched(job.key)
    bench.fetched(job.key)
    bench.send({ type: 'encoded', key: job.key })
    bench.send({ type: 'encoded', key: job.key })
    bench.fetched(job.key)
    expect(bench.all.filter((effect) => effect.type === 'encode')).toHaveLength(1)
    expect(bench.all.filter((effect) => effect.type === 'deliver')).toHaveLength(1)
    bench.send({ type: 'settled', owner: 'owner', key: job.key })
    bench.send({ type: 'settled', owner: 'owner', key: job.key })
    bench.send({ type: 'failed', key: job.key, declined: false, reason: '' })
    bench.send({ type: 'progress', key: job.key, pass: 1, frames: 1 })
    expect(bench.of('discard')).toEqual([])
    expect(bench.of('release')).toEqual([])
  })

  test('a failure is told and makes room', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.send({ type: 'failed', key: job.key, declined: true, reason: 'no piece' })
    expect(bench.effects).toMatchObject([
      { type: 'discard' },
      { type: 'release', kind: 'declined', reason: 'no piece' },
      { type: 'claim' }
    ])
  })
})

describe('slots', () => {
  test('the next scene begins as soon as a slot is free, in the order they were granted', () => {
    const bench = createBench(1, 2)
    bench.open([candidate('p')])
    const [first, second, third] = bench.grantAll() as [Job, Job, Job]
    for (const job of [third, second, first]) bench.fetched(job.key)
    expect(bench.stages()).toEqual(['ready', 'ready', 'encoding'])
    bench.send({ type: 'encoded', key: third.key })
    expect(bench.of('encode')).toMatchObject([{ job: { key: first.key } }])
    expect(bench.of('claim')).toMatchObject([{ claim: { prefetch: true } }])
  })

  test('a project whose pictures are large encodes on fewer slots at once', () => {
    const bench = createBench(4, 1)
    bench.open([candidate('large', { slotsMax: 1 }), candidate('small', { priority: 1 })])
    expect(bench.claims().filter(({ projectId }) => projectId === 'large')).toMatchObject([
      { prefetch: false },
      { prefetch: true }
    ])
    const jobs = bench.grantAll()
    for (const { key } of jobs) bench.fetched(key)
    const encoding = (projectId: string): number =>
      [...bench.state.jobs.values()].filter((job) => job.token.projectId === projectId && job.stage === 'encoding')
        .length
    expect(encoding('large')).toBe(1)
    expect(encoding('small')).toBe(3)
    const running = [...bench.state.jobs.values()].find(
      (job) => job.token.projectId === 'large' && job.stage === 'encoding'
    )
    bench.send({ type: 'encoded', key: running?.key ?? '' })
    expect(encoding('large')).toBe(1)
  })
})

describe('sessions', () => {
  test('losing one forgets its claims and keeps its jobs; those of another owner go on', () => {
    const bench = createBench(2, 0)
    bench.open([candidate('p'), candidate('q', { owner: 'other', priority: 1 })])
    const job = bench.grant(1)
    bench.send({ type: 'session-closed', owner: 'owner' })
    expect(bench.state.jobs.has(job.key)).toBe(true)
    expect(bench.claims()).toMatchObject([{ owner: 'other' }])
    bench.fetched(job.key)
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.stages()).toEqual(['delivering'])
    bench.send({ type: 'session-opened', owner: 'owner' })
    expect(bench.claims().map(({ owner }) => owner)).toEqual(['other', 'other'])
    bench.send({ type: 'no-work', claimNo: bench.claims()[0]?.claimNo ?? 0 })
    expect(bench.claims().map(({ owner }) => owner)).toEqual(['other', 'owner'])
  })

  test('an owner that was away hears of grants, then of what is in hand, then what is wanted [RULE 39]', () => {
    const bench = createBench(2, 1)
    bench.open([candidate('p')])
    const [done, runs] = [bench.grant(1), bench.grant(2)]
    bench.fetched(done.key)
    bench.send({ type: 'encoded', key: done.key })
    bench.send({ type: 'session-closed', owner: 'owner' })
    bench.send({ type: 'session-opened', owner: 'owner' })
    expect(bench.effects.map((effect) => [effect.type, 'job' in effect ? effect.job.key : ''])).toEqual([
      ['present', done.key],
      ['present', runs.key],
      ['deliver', done.key],
      ['renew', runs.key],
      ['claim', ''],
      ['claim', '']
    ])
    bench.send({ type: 'session-opened', owner: 'another' })
    expect(bench.of('present')).toEqual([])
  })

  test('only its owner can settle a job', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.send({ type: 'settled', owner: 'another', key: job.key })
    expect(bench.state.jobs.has(job.key)).toBe(true)
    bench.send({ type: 'settled', owner: 'owner', key: job.key })
    expect(bench.state.jobs.has(job.key)).toBe(false)
  })
})

describe('the end of a project', () => {
  test('stops its jobs and asks for no more; others stay', () => {
    const bench = createBench(2, 0)
    bench.open([candidate('p', { slotsMax: 1 }), candidate('q', { priority: 1 })])
    const jobs = bench.grantAll()
    bench.send({ type: 'project-ended', projectId: 'p' })
    expect(bench.of('discard')).toMatchObject([{ job: { token: { projectId: 'p' } } }])
    expect([...bench.state.jobs.values()].map((job) => job.token.projectId)).toEqual(['q'])
    expect(bench.claims().every(({ projectId }) => projectId === 'q')).toBe(true)
    expect(jobs).toHaveLength(2)
  })
})

describe('a scene that its user stops', () => {
  test('is killed and handed back, and may be asked for again', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.answer(bench.claims()[0]?.claimNo ?? -1)
    if (job == null) throw new Error('no grant')
    bench.fetched(job.key)
    bench.send({ type: 'give-back', key: job.key })
    expect(bench.effects).toMatchObject([
      { type: 'discard', job: { key: job.key } },
      { type: 'release', kind: 'left', reason: 'its user stopped it' },
      { type: 'claim' }
    ])
    bench.send({ type: 'give-back', key: job.key })
    expect(bench.effects).toEqual([])
  })
})

describe('draining', () => {
  test('hands back what is not begun, finishes what is, then says so once', () => {
    const bench = createBench(1, 2)
    bench.open([candidate('p')])
    const [first, second] = bench.grantAll(2) as [Job, Job]
    bench.fetched(first.key)
    bench.send({ type: 'drain' })
    expect(bench.effects).toMatchObject([
      { type: 'discard', job: { key: second.key } },
      { type: 'release', kind: 'left', job: { key: second.key } }
    ])
    // The answer to the third claim comes only now.
    bench.send({
      type: 'granted',
      owner: 'owner',
      claimNo: bench.claims()[0]?.claimNo ?? 0,
      token: { projectId: 'p', scene: 50, epoch: 1, attempt: 50 },
      ...TIMES,
      nowMs: 0
    })
    expect(bench.effects).toMatchObject([{ type: 'release', kind: 'left', job: { token: { scene: 50 } } }])
    bench.send({ type: 'encoded', key: first.key })
    expect(bench.effects).toMatchObject([{ type: 'deliver' }])
    bench.send({ type: 'session-closed', owner: 'owner' })
    bench.send({ type: 'session-opened', owner: 'owner' })
    expect(bench.claims()).toEqual([])
    bench.send({ type: 'settled', owner: 'owner', key: first.key })
    expect(bench.effects).toMatchObject([{ type: 'discard' }, { type: 'drained' }])
  })

  test('an idle worker is drained at once', () => {
    const bench = createBench(1, 1)
    bench.send({ type: 'drain' })
    expect(bench.effects).toEqual([{ type: 'drained' }])
  })
})

describe('[RULE 88] a machine that is wanted', () => {
  /** One scene is encoded, one waits. */
  function frozen() {
    const bench = createBench(1, 1)
    bench.open([candidate('p')])
    const [first, second] = bench.grantAll() as [Job, Job]
    bench.fetched(first.key)
    bench.now = 1000
    bench.send({ type: 'freeze', on: true, nowMs: 1000 })
    return { bench, first, second }
  }
  const jobOf = (bench: ReturnType<typeof createBench>, { key }: Job) => bench.state.jobs.get(key)

  test('keeps what it encodes, and hands back what is not begun', () => {
    const { bench, first, second } = frozen()
    expect(bench.effects).toMatchObject([
      { type: 'discard', job: { key: second.key } },
      { type: 'release', kind: 'left', reason: 'paused', job: { key: second.key } }
    ])
    expect(jobOf(bench, first)).toMatchObject({ stage: 'encoding', paused: true })
    bench.send({ type: 'wake', projectId: 'p' })
    expect(bench.claims()).toEqual([])
  })

  test('gives up no scene at its hard limit, which counts on when it goes on', () => {
    const { bench, first } = frozen()
    bench.tickAt(2 * TIMES.hardMs)
    expect(bench.effects).toEqual([])
    bench.send({ type: 'freeze', on: false, nowMs: bench.now })
    expect(jobOf(bench, first)).toMatchObject({ paused: false, hardAtMs: 3 * TIMES.hardMs - 1000 })
    expect(bench.claims()).toHaveLength(1)
    bench.tickAt(3 * TIMES.hardMs)
    expect(jobOf(bench, first)).toBeUndefined()
  })

  test('delivers what was ready at that moment', () => {
    const { bench, first } = frozen()
    bench.send({ type: 'encoded', key: first.key })
    expect(bench.effects).toMatchObject([{ type: 'deliver' }])
  })

  test('hands back what stands still when it is to be emptied', () => {
    const { bench, first } = frozen()
    bench.send({ type: 'drain' })
    expect(bench.effects).toMatchObject([
      { type: 'discard', job: { key: first.key } },
      { type: 'release', kind: 'left', reason: 'leaving' },
      { type: 'drained' }
    ])
  })

  test('is frozen once, however often it is said', () => {
    const { bench, first } = frozen()
    bench.send({ type: 'freeze', on: true, nowMs: 5000 })
    bench.send({ type: 'freeze', on: false, nowMs: 6000 })
    expect(jobOf(bench, first)?.hardAtMs).toBe(TIMES.hardMs + 5000)
    bench.send({ type: 'freeze', on: false, nowMs: 7000 })
    expect(jobOf(bench, first)?.hardAtMs).toBe(TIMES.hardMs + 5000)
  })
})

describe('a pause', () => {
  test('hands back what is not begun and finishes what is; its end asks anew', () => {
    const bench = createBench(1, 1)
    bench.open([candidate('p')])
    const [first, second] = bench.grantAll() as [Job, Job]
    bench.fetched(first.key)
    bench.send({ type: 'pause', on: true })
    expect(bench.effects).toMatchObject([
      { type: 'discard', job: { key: second.key } },
      { type: 'release', kind: 'left', reason: 'paused', job: { key: second.key } }
    ])
    bench.send({ type: 'encoded', key: first.key })
    expect(bench.effects).toMatchObject([{ type: 'deliver', job: { key: first.key } }])
    bench.send({ type: 'settled', owner: 'owner', key: first.key })
    bench.send({ type: 'wake', projectId: 'p' })
    expect(bench.claims()).toEqual([])
    expect(bench.of('drained')).toEqual([])
    bench.send({ type: 'pause', on: false })
    expect(bench.claims()).toHaveLength(2)
  })

  test('a grant that was asked for before it is handed back', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'pause', on: true })
    const token: Token = { projectId: 'p', scene: 3, epoch: 1, attempt: 1 }
    bench.send({ type: 'granted', owner: 'owner', claimNo: 1, token, ...TIMES, nowMs: 0 })
    expect(bench.effects).toMatchObject([{ type: 'release', kind: 'left', reason: 'paused', job: { token } }])
    expect(bench.claims()).toEqual([])
  })

  test('a drain during it still says when it is done, and the end of the pause does not end the drain', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const [job] = bench.grantAll() as [Job]
    bench.fetched(job.key)
    bench.send({ type: 'pause', on: true })
    bench.send({ type: 'drain' })
    bench.send({ type: 'pause', on: false })
    expect(bench.claims()).toEqual([])
    bench.send({ type: 'encoded', key: job.key })
    bench.send({ type: 'settled', owner: 'owner', key: job.key })
    expect(bench.of('drained')).toHaveLength(1)
  })
})

describe('other slots', () => {
  /** Three encodes that run and one scene fetched ahead. */
  function busy() {
    const bench = createBench(3, 1)
    bench.open([candidate('p')])
    for (const job of bench.grantAll()) bench.fetched(job.key)
    expect(bench.stages()).toEqual(['encoding', 'encoding', 'encoding', 'ready'])
    return bench
  }

  test('fewer stop no encode that runs and are not refilled', () => {
    const bench = busy()
    const [first, second, third] = [...bench.state.jobs.keys()] as [string, string, string]
    bench.send({ type: 'slots', slots: 1, anew: false })
    expect(bench.effects).toMatchObject([{ type: 'discard' }, { type: 'release', kind: 'left', reason: 'fewer slots' }])
    expect(bench.stages()).toEqual(['encoding', 'encoding', 'encoding'])
    for (const key of [first, second]) {
      bench.send({ type: 'encoded', key })
      bench.send({ type: 'settled', owner: 'owner', key })
    }
    // One slot is busy: there is room for the scene that is fetched ahead of it.
    expect(bench.claims()).toMatchObject([{ prefetch: true }])
    bench.send({ type: 'encoded', key: third })
    expect(bench.claims()).toHaveLength(2)
  })

  test('none: what is not begun goes back, nothing is asked for', () => {
    const bench = busy()
    bench.send({ type: 'slots', slots: 0, anew: false })
    expect(bench.stages()).toEqual(['encoding', 'encoding', 'encoding'])
    for (const key of bench.state.jobs.keys()) bench.send({ type: 'encoded', key })
    expect(bench.stages()).toEqual(['delivering', 'delivering', 'delivering'])
    expect(bench.claims()).toEqual([])
  })

  test('a grant without room any more is handed back', () => {
    const bench = createBench(2, 0)
    bench.open([candidate('p')])
    bench.send({ type: 'slots', slots: 1, anew: false })
    bench.grant(1)
    const token: Token = { projectId: 'p', scene: 3, epoch: 1, attempt: 1 }
    bench.send({ type: 'granted', owner: 'owner', claimNo: 2, token, ...TIMES, nowMs: 0 })
    expect(bench.of('release')).toMatchObject([{ kind: 'left', reason: 'fewer slots', job: { token } }])
  })

  test('more ask for more at once', () => {
    const bench = createBench(0, 1)
    bench.open([candidate('p')])
    bench.send({ type: 'slots', slots: 2, anew: false })
    expect(bench.claims()).toHaveLength(3)
  })
})

describe('memory', () => {
  const HOUR_MS = 3_600_000

  function encoding(slots: number, queue = 0) {
    const bench = createBench(slots, queue)
    bench.open([candidate('p')])
    for (const job of bench.grantAll()) bench.fetched(job.key)
    return bench
  }

  const starve = (bench: ReturnType<typeof createBench>, index = 0): void =>
    bench.send({ type: 'starved', key: [...bench.state.jobs.keys()][index] ?? '', nowMs: bench.now })

  test('a scene that found none is encoded again with one fewer beside it, and its owner hears of no failure', () => {
    const bench = encoding(3, 1)
    const [first] = bench.state.jobs.keys()
    bench.send({ type: 'progress', key: first ?? '', pass: 1, frames: 9 })
    starve(bench)
    expect(bench.state).toMatchObject({ slots: 2, shortage: { wanted: 3, ranAt: 3, retryAtMs: HOUR_MS } })
    expect([...bench.state.jobs.values()][0]).toMatchObject({ key: first, stage: 'ready', pass: 0, frames: 0 })
    expect(bench.stages().filter((stage) => stage === 'encoding')).toHaveLength(2)
    expect(bench.of('release').filter(({ type }) => type === 'release')).toMatchObject([
      { kind: 'left', reason: 'fewer slots' }
    ])
    bench.send({ type: 'encoded', key: [...bench.state.jobs.keys()][1] ?? '' })
    expect(bench.of('encode')).toMatchObject([{ job: { key: first } }])
  })

  const crash = (bench: ReturnType<typeof createBench>, key: string): void =>
    bench.send({ type: 'crashed', key, nowMs: bench.now, reason: 'aomenc crashed' })

  test('a crash beside others costs a slot, once for each scene; the second is its failure', () => {
    const bench = encoding(3, 1)
    const [first = '', second = ''] = bench.state.jobs.keys()
    crash(bench, first)
    expect(bench.state).toMatchObject({ slots: 2, shortage: { ranAt: 3 } })
    expect(bench.of('release')).toMatchObject([{ kind: 'left', reason: 'fewer slots' }])
    bench.send({ type: 'encoded', key: second })
    expect(bench.of('encode')).toMatchObject([{ job: { key: first } }])
    crash(bench, first)
    expect(bench.state.slots).toBe(2)
    expect(bench.of('release')).toMatchObject([{ kind: 'failed', reason: 'aomenc crashed', job: { key: first } }])
  })

  test('a crash of a scene that was alone is its failure and costs no slot', () => {
    const bench = encoding(1)
    crash(bench, [...bench.state.jobs.keys()][0] ?? '')
    expect(bench.of('release')).toMatchObject([{ kind: 'failed', reason: 'aomenc crashed' }])
    expect(bench.state).toMatchObject({ slots: 1, shortage: { ranAt: 0 } })
  })

  test('two at once take two slots, and never the last', () => {
    const bench = encoding(3)
    starve(bench)
    starve(bench, 1)
    expect(bench.state.slots).toBe(1)
    expect(bench.stages().filter((stage) => stage === 'encoding')).toHaveLength(1)
  })

  test('slots that were free do not count', () => {
    const bench = encoding(3)
    for (const key of [...bench.state.jobs.keys()].slice(1)) bench.send({ type: 'encoded', key })
    bench.send({ type: 'candidates', candidates: [] })
    const [alone] = [...bench.state.jobs.values()].filter(({ stage }) => stage === 'encoding')
    bench.send({ type: 'starved', key: alone?.key ?? '', nowMs: 0 })
    expect(bench.state.slots).toBe(3)
  })

  test('a scene that was alone goes back with what has not begun, and nothing of its film is asked for', () => {
    const bench = encoding(1, 1)
    starve(bench)
    expect(bench.of('release')).toMatchObject([
      { kind: 'left', reason: 'too little memory' },
      { kind: 'left', reason: 'too little memory' }
    ])
    expect(bench.state.shortage.tooLarge).toEqual(new Set(['p']))
    expect(bench.claims()).toEqual([])
    expect(bench.state.slots).toBe(1)
    bench.tickAt(HOUR_MS)
    expect(bench.state.shortage.tooLarge.size).toBe(0)
  })

  test('one more slot is tried after each hour', () => {
    const bench = encoding(3)
    starve(bench)
    starve(bench, 1)
    bench.tickAt(HOUR_MS - 1)
    expect(bench.state.slots).toBe(1)
    bench.tickAt(HOUR_MS)
    expect(bench.state.slots).toBe(2)
    bench.tickAt(2 * HOUR_MS)
    expect(bench.state).toMatchObject({ slots: 3, shortage: { ranAt: 0, retryAtMs: Infinity } })
  })

  test('the word of the user brings all back; another change of the node does not', () => {
    const bench = encoding(3)
    starve(bench)
    bench.send({ type: 'slots', slots: 3, anew: false })
    expect(bench.state.slots).toBe(2)
    bench.send({ type: 'slots', slots: 3, anew: true })
    expect(bench.state).toMatchObject({ slots: 3, shortage: { ranAt: 0 } })
    starve(bench)
    bench.send({ type: 'slots', slots: 4, anew: false })
    expect(bench.state.slots).toBe(4)
  })

  test('what is no longer encoded here found no memory either', () => {
    const bench = encoding(2)
    const before = bench.state
    bench.send({ type: 'starved', key: 'none', nowMs: 0 })
    expect(bench.state.shortage).toBe(before.shortage)
  })
})

describe('time', () => {
  test('no encoder starts under a lease that ran out; it starts when it could renew', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.now = TIMES.ttlMs
    bench.fetched(job.key)
    expect(bench.of('encode')).toEqual([])
    expect(bench.stages()).toEqual(['ready'])
    bench.send({ type: 'renewed', key: job.key, nowMs: TIMES.ttlMs + 10 })
    expect(bench.of('encode')).toMatchObject([{ job: { key: job.key, liveUntilMs: 2 * TIMES.ttlMs + 10 } }])
  })

  test('a millisecond before it runs out it still starts', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.now = TIMES.ttlMs - 1
    bench.fetched(job.key)
    expect(bench.stages()).toEqual(['encoding'])
  })

  test('an encoder that runs goes on when the lease runs out', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.fetched(job.key)
    bench.tickAt(TIMES.ttlMs + 1)
    expect(bench.effects).toEqual([])
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.of('deliver')).toHaveLength(1)
  })

  test.for(['fetching', 'ready', 'encoding'] as const)('a scene that is %s is given up at the hard limit', (stage) => {
    const bench = createBench(stage === 'ready' ? 2 : 1, 1)
    bench.open([candidate('p', { slotsMax: 1 })])
    const jobs = bench.grantAll()
    const wanted = stage === 'ready' ? jobs[1] : jobs[0]
    if (stage !== 'fetching') for (const { key } of jobs) bench.fetched(key)
    expect(bench.state.jobs.get(wanted?.key ?? '')?.stage).toBe(stage)
    bench.send({ type: 'renewed', key: wanted?.key ?? '', nowMs: TIMES.hardMs - 1 })
    bench.tickAt(TIMES.hardMs - 1)
    expect(bench.effects).toEqual([])
    bench.tickAt(TIMES.hardMs)
    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'release', kind: 'failed', reason: expect.stringContaining('longer') })
    )
    expect(bench.of('discard')).toHaveLength(jobs.length)
    expect(bench.state.jobs.size).toBe(0)
    expect(bench.of('claim').length).toBeGreaterThan(0)
  })

  test('what is encoded by then is still delivered', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.fetched(job.key)
    bench.send({ type: 'encoded', key: job.key })
    bench.tickAt(10 * TIMES.hardMs)
    expect(bench.stages()).toEqual(['delivering'])
  })

  test('a renewal of a job that is gone changes nothing', () => {
    const bench = createBench(1, 0)
    bench.send({ type: 'renewed', key: 'none', nowMs: 5 })
    expect(bench.effects).toEqual([])
    expect(bench.state.jobs.size).toBe(0)
  })
})

describe('an owner that says nothing', () => {
  const CLAIM_TIMEOUT_MS = 30_000

  test.each([0, 1])('[RULE 84] keeps no slot from another, which is asked after a moment (queue %i)', (queue) => {
    const bench = createBench(1, queue)
    bench.open([candidate('p'), candidate('q', { owner: 'other', priority: 1 })])
    bench.tickAt(4_999)
    expect(bench.claims().map(({ projectId }) => projectId)).toEqual(Array(1 + queue).fill('p'))
    bench.tickAt(5_000)
    const [claim] = bench.claims().filter(({ projectId }) => projectId === 'q')
    expect(claim).toMatchObject({ owner: 'other', prefetch: false })
    const job = bench.grant(claim?.claimNo ?? 0)
    bench.fetched(job.key)
    expect(bench.of('encode')).toMatchObject([{ job: { key: job.key } }])
    // Each project is asked for as many scenes as there is room for.
    expect(bench.claims().filter(({ projectId }) => projectId === 'p')).toHaveLength(1 + queue)
  })

  test('has its claim given up in the end', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.tickAt(CLAIM_TIMEOUT_MS - 1)
    expect(bench.claims()).toMatchObject([{ projectId: 'p' }])
    bench.tickAt(CLAIM_TIMEOUT_MS)
    expect(bench.claims()).toEqual([])
  })

  test('[RULE 84] keeps no slot by a scene whose lease ran out: another is asked for one to encode at once', () => {
    const bench = createBench(1, 1)
    bench.open([candidate('p'), candidate('q', { owner: 'other', priority: 1 })])
    const [first, second] = [bench.grant(1), bench.grant(2)]
    bench.fetched(first.key)
    bench.fetched(second.key)
    bench.tickAt(TIMES.ttlMs + 1)
    bench.send({ type: 'encoded', key: first.key })
    expect(bench.of('encode')).toEqual([])
    expect(bench.claims()).toMatchObject([{ projectId: 'p' }])
    bench.send({ type: 'session-closed', owner: 'owner' })
    expect(bench.claims()).toMatchObject([{ projectId: 'q', prefetch: false }])
  })

  test('[RULE 84] a piece that is late keeps no slot from another project, and gets no second scene of its own', () => {
    const bench = createBench(1, 1)
    bench.open([candidate('p'), candidate('q', { owner: 'other', priority: 1 })])
    bench.tickAt(0)
    const slow = bench.grant(1)
    bench.send({ type: 'no-work', claimNo: 2 })
    bench.send({ type: 'no-work', claimNo: bench.claims()[0]?.claimNo ?? 0 })
    expect(bench.claims()).toEqual([])
    bench.tickAt(5_000)
    const [claim, ...others] = bench.claims()
    expect(claim).toMatchObject({ projectId: 'q', prefetch: false })
    expect(others).toEqual([])
    const job = bench.grant(claim?.claimNo ?? 0)
    bench.fetched(job.key)
    expect(bench.of('encode')).toMatchObject([{ job: { key: job.key } }])
    bench.fetched(slow.key)
    bench.send({ type: 'encoded', key: job.key })
    expect(bench.of('encode')).toMatchObject([{ job: { key: slow.key } }])
  })

  test('and answers after all gets its grant back, so that nobody waits for it', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    const late = bench.claims()[0]?.claimNo ?? 0
    bench.tickAt(CLAIM_TIMEOUT_MS)
    const token = { projectId: 'p', scene: 1, epoch: 1, attempt: 1 }
    bench.send({ type: 'granted', owner: 'owner', claimNo: late, token, ...TIMES, nowMs: CLAIM_TIMEOUT_MS + 1 })
    expect(bench.of('release')).toMatchObject([{ kind: 'left', job: { token } }])
    expect(bench.state.jobs.size).toBe(0)
  })

  test('whoever had nothing is asked again within a minute, without a wake', () => {
    const bench = createBench(1, 0)
    bench.open([candidate('p')])
    bench.tickAt(1000)
    bench.send({ type: 'no-work', claimNo: 1 })
    let asked = 0
    for (let nowMs = 2000; nowMs <= 62_000; nowMs += 1000) {
      bench.tickAt(nowMs)
      asked += bench.of('claim').length
      for (const { claimNo } of bench.claims()) bench.send({ type: 'no-work', claimNo })
    }
    expect(asked).toBe(1)
  })
})

describe('a hold', () => {
  test('asks for nothing new, goes on with what is held, and asks again after it', () => {
    const bench = createBench(1, 1)
    bench.open([candidate('p')])
    const job = bench.grant(1)
    bench.send({ type: 'hold', on: true })
    bench.fetched(job.key)
    bench.send({ type: 'encoded', key: job.key })
    bench.send({ type: 'wake', projectId: 'p' })
    expect(bench.of('claim')).toEqual([])
    expect(bench.all.filter((effect) => effect.type === 'deliver')).toHaveLength(1)
    expect(bench.claims()).toHaveLength(1)
    bench.send({ type: 'hold', on: false })
    expect(bench.of('claim')).toHaveLength(1)
  })
})

const CANDIDATES = [
  candidate('p', { slotsMax: 1 }),
  candidate('q', { slotsMax: 3, priority: 1 }),
  candidate('r', { owner: 'other', priority: 2 })
]

const anyEvent = fc.record({
  what: fc.constantFrom(
    'grant',
    'grant',
    'grant',
    'no-work',
    'fetched',
    'fetched',
    'encoded',
    'encoded',
    'settled',
    'failed',
    'wake',
    'open',
    'close',
    'candidates',
    'project-ended',
    'stray grant',
    'renewed',
    'wait',
    'hold',
    'pause',
    'slots',
    'starved',
    'crashed',
    'drain'
  ),
  which: fc.nat(),
  some: fc.subarray(CANDIDATES)
})

test('over random events slots, queue and picture limits are never exceeded and no claim goes without a session', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(anyEvent, { maxLength: 120, size: 'max' }),
      (slots, queue, events) => {
        const bench = createBench(slots, queue)
        const started = new Set<string>()
        bench.send({ type: 'candidates', candidates: CANDIDATES })
        for (const { what, which, some } of events) {
          const claims = bench.claims()
          const jobs = [...bench.state.jobs.values()]
          const claim = claims[which % Math.max(1, claims.length)]
          const key = jobs[which % Math.max(1, jobs.length)]?.key ?? 'none'
          const one = CANDIDATES[which % CANDIDATES.length] ?? candidate('p')
          const { draining } = bench.state
          const encodingBefore = bench.stages().filter((stage) => stage === 'encoding').length
          // Late ones take no room.
          const inTime = (): number => bench.claims().filter(({ atMs }) => bench.state.nowMs - atMs < 5_000).length
          const claimsBefore = inTime()
          const token = { projectId: one.projectId, scene: 999, epoch: 1, attempt: which }
          if (what === 'grant' && claim != null && !draining) bench.answer(claim.claimNo)
          else if (what === 'no-work' && claim != null) bench.send({ type: 'no-work', claimNo: claim.claimNo })
          else if (what === 'fetched') bench.fetched(key)
          else if (what === 'renewed') bench.send({ type: 'renewed', key, nowMs: bench.now })
          else if (what === 'wait') bench.tickAt(bench.now + (which % 150_000))
          else if (what === 'hold') bench.send({ type: 'hold', on: which % 2 === 0 })
          else if (what === 'pause') bench.send({ type: 'pause', on: which % 3 === 0 })
          else if (what === 'slots') bench.send({ type: 'slots', slots: which % 5, anew: false })
          else if (what === 'starved' || what === 'crashed') {
            // It is encoded again: the one scene that may begin twice.
            if (bench.state.jobs.get(key)?.stage === 'encoding') started.delete(key)
            bench.send({ type: what, key, nowMs: bench.now, reason: '' })
          } else if (what === 'encoded') bench.send({ type: 'encoded', key })
          else if (what === 'settled') bench.send({ type: 'settled', owner: one.owner, key })
          else if (what === 'failed') bench.send({ type: 'failed', key, declined: which % 2 === 0, reason: '' })
          else if (what === 'wake') bench.send({ type: 'wake', projectId: one.projectId })
          else if (what === 'open') bench.send({ type: 'session-opened', owner: one.owner })
          else if (what === 'close') bench.send({ type: 'session-closed', owner: one.owner })
          else if (what === 'candidates') bench.send({ type: 'candidates', candidates: some })
          else if (what === 'project-ended') bench.send({ type: 'project-ended', projectId: one.projectId })
          else if (what === 'stray grant')
            bench.send({ type: 'granted', owner: one.owner, claimNo: 1e9 + which, token, ...TIMES, nowMs: bench.now })
          else if (what === 'drain' && which % 20 === 0) bench.send({ type: 'drain' })
          else continue

          const held = [...bench.state.jobs.values()].filter((job) => job.stage !== 'delivering')
          const now = bench.state.slots
          const encoding = held.filter((job) => job.stage === 'encoding').length
          // Fewer slots and a pause leave what runs and what was asked for; none of it grows.
          expect(encoding).toBeLessThanOrEqual(Math.max(now, encodingBefore))
          expect(held.length - encoding).toBeLessThanOrEqual(
            now === 0 || bench.state.paused ? 0 : Math.max(0, now + queue - encoding)
          )
          if (inTime() > claimsBefore) expect(held.length + inTime()).toBeLessThanOrEqual(now === 0 ? 0 : now + queue)
          if (what === 'slots' || what === 'pause') expect(encoding).toBeGreaterThanOrEqual(encodingBefore)
          for (const { projectId, slotsMax } of CANDIDATES) {
            const mine = held.filter((job) => job.token.projectId === projectId)
            expect(mine.filter((job) => job.stage === 'encoding').length).toBeLessThanOrEqual(slotsMax)
          }
          for (const effect of bench.effects) {
            if (effect.type === 'claim') {
              expect(bench.state.sessions).toContain(effect.claim.owner)
              expect(bench.state.draining).toBe(false)
              expect(bench.state.held).toBe(false)
              expect(bench.state.paused).toBe(false)
            }
            if (effect.type === 'encode') {
              expect(bench.state.paused).toBe(false)
              expect(effect.job.liveUntilMs).toBeGreaterThan(bench.now)
              expect(started).not.toContain(effect.job.key)
              started.add(effect.job.key)
            }
            if (effect.type === 'release' && effect.reason.startsWith('took longer'))
              expect(effect.job.hardAtMs).toBeLessThanOrEqual(bench.now)
            if (effect.type === 'drained') expect(bench.state.jobs.size).toBe(0)
          }
          if (what === 'wait') for (const job of held) expect(job.hardAtMs).toBeGreaterThan(bench.now)
          for (const job of bench.state.jobs.values()) {
            expect(job.liveUntilMs).toBeLessThanOrEqual(bench.now + job.ttlMs)
            const before = jobs.find(({ key }) => key === job.key)
            if (before == null) continue
            expect(job.hardAtMs).toBe(before.hardAtMs)
            if (what !== 'renewed') expect(job.liveUntilMs).toBe(before.liveUntilMs)
          }
          for (const { owner } of bench.claims()) expect(bench.state.sessions).toContain(owner)
        }
      }
    ),
    { numRuns: 300 }
  )
})

test('projects of jobs in hand are over when they ended, were frozen, or are not known any more', () => {
  const bench = createBench(4, 0)
  bench.open(['going', 'ended', 'frozen', 'gone'].map((projectId) => candidate(projectId, { slotsMax: 1 })))
  bench.grantAll()
  const end = { state: 'completed', reason: '', outputSha256: '', outputBytes: 0, endedAtMs: 0 } as const
  const views = new Map([
    ['going', { end: undefined, fork: undefined }],
    ['ended', { end, fork: undefined }],
    ['frozen', { end: undefined, fork: { seq: 1, hashes: ['a', 'b'] as const } }],
    ['of no job', { end, fork: undefined }]
  ])
  expect(projectsOver(bench.state, (projectId) => views.get(projectId))).toEqual(['ended', 'frozen', 'gone'])
})
