import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createWorkerState,
  firstReason,
  IDLE_CODES,
  judgeProject,
  ownerCode,
  stepWorker,
  TOLD_CODES,
  type IdleCode,
  type IdleFacts,
  type WorkerEvent,
  type WorkerState
} from '../../../../src/swarm/protocol/index.ts'
import { OWNER, PROJECT } from '../../../fixtures/protocol-samples.ts'

const BUILD = 'aom/3.12.1/bc870609'

/** A node that has all that it takes. */
const ABLE: IdleFacts = {
  slots: 2,
  builds: [BUILD, 'svt/1.4.1/b2069ea8'],
  needs: BUILD,
  takes: 'same',
  isTrusted: true,
  noSandbox: undefined,
  isConnected: true,
  isFilmless: false,
  refused: undefined,
  slotsMax: 3,
  memory: '0.5 GiB for a scene, 8.0 GiB are there',
  probe: 'known',
  probeWords: '',
  isDraining: false,
  isPaused: false,
  pauseWords: '',
  tooLarge: undefined,
  isDiskFull: false,
  isAway: false,
  ownerSays: undefined
}

/** What is wrong in each case, what is said of it, and whether the owner is asked for scenes as soon as it is over. */
const CASES: { readonly [C in IdleCode]: readonly [facts: Partial<IdleFacts>, detail: string, asks: boolean] } = {
  'no-slots': [{ slots: 0 }, '', false],
  'no-encoder': [{ builds: [] }, '', false],
  'not-installed': [{ builds: ['vp9/1.12.0/7960237d'] }, '', false],
  'other-build': [
    { builds: ['aom/3.6.0/c78c5efe', 'svt/1.4.1/b2069ea8', 'aom/3.14.1/8184e47a'] },
    'aom/3.6.0/c78c5efe, aom/3.14.1/8184e47a',
    false
  ],
  'untrusted-owner': [{ isTrusted: false }, '', false],
  'no-sandbox': [{ noSandbox: 'it is turned off' }, 'it is turned off', false],
  'relay-no-films': [{ isFilmless: true }, '', false],
  'owner-away': [{ isAway: true }, '', true],
  parameters: [{ refused: '--tune is not taken' }, '--tune is not taken', false],
  'too-large': [{ tooLarge: '3840x2160' }, '3840x2160', false],
  memory: [
    { slotsMax: 0, memory: '9.9 GiB for a scene, 8.0 GiB are there' },
    '9.9 GiB for a scene, 8.0 GiB are there',
    false
  ],
  'probe-failed': [{ probe: 'failed', probeWords: 'it crashed' }, 'it crashed', true],
  'not-shared': [{ ownerSays: 'not-shared' }, '', true],
  'owner-no-sandbox': [{ ownerSays: 'owner-no-sandbox' }, '', true],
  'no-probe': [{ ownerSays: 'no-probe' }, '', true],
  'other-bytes': [{ ownerSays: 'other-bytes' }, '', true],
  'other-header': [{ ownerSays: 'other-header' }, '', true],
  draining: [{ isDraining: true, isPaused: true }, '', true],
  paused: [{ isPaused: true, pauseWords: 'until 22:00' }, 'until 22:00', true],
  'disk-full': [{ isDiskFull: true }, '', true],
  'held-off': [{ ownerSays: 'held-off' }, '', true],
  probing: [{ probe: 'making' }, '', true],
  'not-ready': [{ ownerSays: 'not-ready' }, '', true],
  queued: [{ ownerSays: 'queued' }, '', true]
}

describe('why a node does nothing for a project', () => {
  test('nothing stands in the way', () => {
    expect(judgeProject(ABLE)).toEqual({ isCandidate: true, reason: undefined })
  })

  test.for(Object.entries(CASES) as [IdleCode, (typeof CASES)[IdleCode]][])('%s', ([code, [facts, detail, asks]]) => {
    expect(judgeProject({ ...ABLE, ...facts })).toEqual({ isCandidate: asks, reason: { code, detail } })
  })

  test('an owner that is not connected is not called untrusted', () => {
    const verdict = judgeProject({ ...ABLE, isTrusted: false, isConnected: false })
    expect(verdict).toEqual({ isCandidate: false, reason: { code: 'owner-away', detail: '' } })
  })

  test('another build of the same version is another build', () => {
    expect(judgeProject({ ...ABLE, builds: ['aom/3.12.1/00000000'] }).reason?.code).toBe('other-build')
  })

  test('every code is known, and what others cannot see is told', () => {
    expect(IDLE_CODES.toSorted()).toEqual(Object.keys(CASES).toSorted())
    for (const code of TOLD_CODES) expect(IDLE_CODES).toContain(code)
  })

  test('of two reasons the one that stays comes first', () => {
    const [paused, memory] = (['paused', 'memory'] as const).map((code) => ({ code, detail: '' }))
    expect(firstReason(paused, undefined, memory)).toBe(memory)
    expect(firstReason(undefined, undefined)).toBeUndefined()
  })

  test('only codes of owners are taken from their words', () => {
    expect(ownerCode('held-off')).toBe('held-off')
    expect(ownerCode('no scene is waiting')).toBeUndefined()
    expect(ownerCode('paused')).toBeUndefined()
    expect(ownerCode('other-bytes')).toBe('other-bytes')
  })
})

const facts: fc.Arbitrary<IdleFacts> = fc.record({
  slots: fc.nat(2),
  builds: fc.subarray([BUILD, 'aom/3.6.0/c78c5efe', 'svt/1.4.1/b2069ea8']),
  needs: fc.constant(BUILD),
  takes: fc.constantFrom('same', 'compatible'),
  isTrusted: fc.boolean(),
  noSandbox: fc.constantFrom(undefined, undefined, 'none'),
  isConnected: fc.boolean(),
  isFilmless: fc.boolean(),
  refused: fc.constantFrom(undefined, undefined, 'no such flag'),
  slotsMax: fc.nat(3),
  memory: fc.constant('m'),
  probe: fc.constantFrom('known', 'known', 'making', 'failed'),
  probeWords: fc.constant('p'),
  isDraining: fc.boolean(),
  isPaused: fc.boolean(),
  pauseWords: fc.constant('w'),
  tooLarge: fc.constantFrom(undefined, undefined, 'l'),
  isDiskFull: fc.boolean(),
  isAway: fc.boolean(),
  ownerSays: fc.constantFrom(
    undefined,
    undefined,
    'held-off' as const,
    'other-bytes' as const,
    'not-ready' as const,
    'queued' as const
  )
})

/** A worker of which all this is true, as its shell would bring it there; with what it asks for then. */
function workerOf(given: IdleFacts): { readonly state: WorkerState; readonly claims: number } {
  let state = createWorkerState(given.slots, 1)
  let claims = 0
  const send = (event: WorkerEvent): void => {
    const step = stepWorker(state, event)
    state = step.state
    claims += step.effects.filter(({ type }) => type === 'claim').length
  }
  send({ type: 'tick', nowMs: 0 })
  const { isCandidate } = judgeProject(given)
  const candidate = {
    projectId: PROJECT,
    owner: OWNER,
    priority: 0,
    createdAtMs: 0,
    slotsMax: given.slotsMax,
    probed: given.probe === 'known'
  }
  send({ type: 'candidates', candidates: isCandidate ? [candidate] : [] })
  // Without a session nothing can be told, neither can anything be told by the owner.
  if (given.isConnected && !given.isAway) send({ type: 'session-opened', owner: OWNER })
  if (given.ownerSays != null)
    for (const claimNo of state.claims.keys()) send({ type: 'no-work', claimNo, says: given.ownerSays })
  send({ type: 'hold', on: given.isDiskFull })
  send({ type: 'pause', on: given.isPaused })
  if (given.isDraining) send({ type: 'drain' })
  // A claim from before would be one more than these rules would make.
  state = { ...state, claims: new Map(), nothing: given.ownerSays == null ? new Map() : state.nothing }
  claims = 0
  send({ type: 'tick', nowMs: 1 })
  return { state, claims }
}

test('a worker asks for scenes exactly when no reason is given why it does nothing', () => {
  fc.assert(
    fc.property(facts, (some) => {
      // A trusted owner without a connection is one that cannot be reached.
      const given = { ...some, isAway: some.isAway || !some.isConnected }
      // What an owner says it says to whoever asks it.
      const { reason } = judgeProject({ ...given, ownerSays: undefined })
      const asked = { ...given, ownerSays: reason == null ? given.ownerSays : undefined }
      expect(workerOf(asked).claims > 0).toBe(judgeProject(asked).reason === undefined)
    }),
    { numRuns: 2000 }
  )
})

test('what an owner said is forgotten with the next grant, another answer, a wake and a new session', () => {
  const { state } = workerOf({ ...ABLE, ownerSays: 'held-off' })
  expect(state.ownerSays.get(PROJECT)).toBe('held-off')
  const after = (...events: readonly WorkerEvent[]): WorkerState =>
    events.reduce((before, event) => stepWorker(before, event).state, state)
  expect(after({ type: 'wake', projectId: PROJECT }).ownerSays.size).toBe(0)
  expect(after({ type: 'session-opened', owner: OWNER }).ownerSays.size).toBe(0)
  expect(after({ type: 'candidates', candidates: [] }).ownerSays.size).toBe(0)
  const asking = after({ type: 'tick', nowMs: 120_000 })
  expect(asking.ownerSays.size).toBe(1)
  const [claimNo = 0] = asking.claims.keys()
  expect(stepWorker(asking, { type: 'no-work', claimNo }).state.ownerSays.size).toBe(0)
  const token = { projectId: PROJECT, scene: 0, epoch: 1, attempt: 1 }
  const granted = { type: 'granted', owner: OWNER, claimNo, token, ttlMs: 1, hardMs: 1, nowMs: 120_000 } as const
  expect(stepWorker(asking, granted).state.ownerSays.size).toBe(0)
})

test('an owner that holds a worker off while it fetches ahead is not asked for a free slot either', () => {
  const candidate = { projectId: PROJECT, owner: OWNER, priority: 0, createdAtMs: 0, slotsMax: 1, probed: true }
  const claimed = [
    { type: 'candidates', candidates: [candidate] },
    { type: 'session-opened', owner: OWNER }
  ] as const satisfies readonly WorkerEvent[]
  const asked = claimed.reduce((before, event) => stepWorker(before, event).state, createWorkerState(1, 1))
  const [ahead] = [...asked.claims].find(([, { prefetch }]) => prefetch) ?? []
  expect(ahead).toBeDefined()
  const told = stepWorker(asked, { type: 'no-work', claimNo: ahead ?? 0, says: 'held-off' })
  expect(told.state.nothing.get(PROJECT)).toBe('all')
})
