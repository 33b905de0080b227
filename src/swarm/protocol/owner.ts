import { assertNever } from './assert-never.ts'
import { chooseScene, expectedMs, isOpen } from './scheduler.ts'
import { LIMITS, type Timing } from './limits.ts'
import type {
  Lease,
  OwnerEffect,
  OwnerEvent,
  OwnerScene,
  OwnerState,
  OwnerStep,
  OwnerSummary,
  OwnerWorker,
  PendingResult
} from './owner-types.ts'
import type { SceneStatus, Token } from './types.ts'

type EventOf<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>

export function createOwnerState(projectId: string, epoch: number, timing: Timing): OwnerState {
  return {
    projectId,
    epoch,
    timing,
    nextAttempt: 1,
    planned: false,
    scenes: [],
    workers: new Map(),
    phase: 'open',
    measured: { frames: 0, encodeMs: 0 }
  }
}

/** The rules of an owner for one project: what happened, and what is to be done about it. */
export function stepOwner(state: OwnerState, event: OwnerEvent): OwnerStep {
  if (state.phase === 'ended') return afterEnd(state, event)
  switch (event.type) {
    case 'scene':
      return wakeWaiting(
        settleProject({ ...state, scenes: [...state.scenes, newScene(event)] }, event.nowMs),
        event.nowMs
      )
    case 'ready':
      return onReady(state, event)
    case 'planned':
      return settleProject({ ...state, planned: true }, event.nowMs)
    case 'restored':
      return {
        state: cutLeases(
          addLease(state, event.token, event.worker, event.nowMs),
          event.worker,
          event.nowMs + state.timing.lostMs
        ),
        effects: []
      }
    case 'connected':
      return onConnected(state, event)
    case 'disconnected':
      return {
        state: cutLeases(
          withWorker(state, event.worker, { connected: false, waiting: false }),
          event.worker,
          event.nowMs + state.timing.lostMs
        ),
        effects: []
      }
    case 'redial-failed':
      return redialFailed(state, event)
    case 'claim':
      return onClaim(state, event)
    case 'renew':
      return onRenew(state, event)
    case 'result':
      return onResult(state, event)
    case 'release':
      return onRelease(state, event)
    case 'verified':
      return onVerified(state, event)
    case 'tick':
      return onTick(state, event.nowMs)
    case 'joined':
    case 'ended':
      return onEnded(state, event.type)
    default:
      return assertNever(event)
  }
}

/** When `tick` has to come next, in the owner's monotonic milliseconds; Infinity when nothing runs out. */
export function nextDeadlineMs(state: OwnerState): number {
  let next = Infinity
  for (const scene of state.scenes) {
    for (const lease of scene.leases) next = Math.min(next, leaseDeadlineMs(lease, state.timing))
    if (scene.notBeforeMs > 0 && isOpen(scene)) next = Math.min(next, scene.notBeforeMs)
  }
  for (const worker of state.workers.values())
    if (worker.waiting && worker.pausedUntilMs > 0) next = Math.min(next, worker.pausedUntilMs)
  return next
}

/** What a beat says of the project. */
export function summarise(state: OwnerState): OwnerSummary {
  return {
    statuses: state.scenes.map(sceneStatus),
    leases: state.scenes.flatMap((scene, index) =>
      scene.leases.map(({ worker, attempt, pass, frames }) => ({ scene: index, worker, attempt, pass, frames }))
    ),
    failures: state.scenes.flatMap((scene, index) => {
      const last = scene.failures.at(-1)
      return last == null || scene.accepted
        ? []
        : [{ scene: index, attempts: scene.failures.length, reason: last.reason }]
    })
  }
}

function sceneStatus(scene: OwnerScene): SceneStatus {
  if (scene.accepted) return 'accepted'
  if (scene.failed) return 'failed'
  if (scene.results.length > 0) return 'verifying'
  return scene.leases.length > 0 ? 'leased' : 'open'
}

/** [RULE 39] A worker that opens a session renews first what it holds; what it does not renew at once it does not have. */
function onConnected(state: OwnerState, { worker, nowMs }: EventOf<'connected'>): OwnerStep {
  const connected = withWorker(state, worker, { connected: true, waiting: false })
  return { state: cutLeases(connected, worker, nowMs + state.timing.refusedMs), effects: [] }
}

function onReady(state: OwnerState, { scene, nowMs }: EventOf<'ready'>): OwnerStep {
  const known = state.scenes[scene]
  if (known == null || known.notBeforeMs !== Infinity) return { state, effects: [] }
  return wakeWaiting({ state: withScene(state, scene, { ...known, notBeforeMs: 0 }), effects: [] }, nowMs)
}

function onClaim(state: OwnerState, event: EventOf<'claim'>): OwnerStep {
  const { worker, claimId, nowMs } = event
  const known = withWorker(state, worker, { connected: true, waiting: false })
  const scene = state.phase === 'open' ? chooseScene(known, worker, event.prefetch, nowMs) : undefined
  if (scene == null) {
    const waiting = withWorker(known, worker, { connected: true, waiting: true })
    return { state: waiting, effects: [{ type: 'no-work', worker, claimId, reason: 'no scene is waiting' }] }
  }
  // [RULE 31] (epoch, attempt) comes from one counter, so no two grants of an owner share a token.
  const token: Token = { projectId: state.projectId, scene, epoch: state.epoch, attempt: state.nextAttempt }
  const hardMs = hardLimitMs(known, scene)
  const granted = addLease({ ...known, nextAttempt: known.nextAttempt + 1 }, token, worker, nowMs)
  return {
    state: granted,
    effects: [{ type: 'grant', worker, claimId, token, ttlMs: state.timing.leaseTtlMs, hardMs }]
  }
}

function onRenew(state: OwnerState, event: EventOf<'renew'>): OwnerStep {
  const { worker, token, nowMs } = event
  const scene = state.scenes[token.scene]
  const revoke = (reason: string): OwnerStep => ({ state, effects: [{ type: 'revoke', worker, token, reason }] })
  if (scene == null) return revoke('unknown scene')
  const lease = findLease(scene, token, worker)
  if (lease == null) {
    if (!wasGranted(state, token)) return revoke('never granted')
    // A renewal that crossed the revocation on the way.
    if (scene.failures.some((failure) => failure.worker === worker && sameToken(failure.token, token)))
      return revoke('the lease has ended')
    // [RULE 34] A lease that ran out lives again when its scene is still open; its worker has the head start.
    if (!isOpen(scene) || scene.leases.length > 0) return revoke('the scene is done or with another worker')
    return onRenew(addLease(state, token, worker, nowMs), event)
  }
  const advanced = event.pass > lease.pass || (event.pass === lease.pass && event.frames > lease.frames)
  const renewed: Lease = {
    ...lease,
    pass: event.pass,
    frames: event.frames,
    expiresAtMs: nowMs + state.timing.leaseTtlMs,
    stalledAtMs: advanced ? nowMs + state.timing.stallMs : lease.stalledAtMs
  }
  return {
    state: withScene(state, token.scene, {
      ...scene,
      leases: scene.leases.map((old) => (old === lease ? renewed : old))
    }),
    effects: []
  }
}

function onResult(state: OwnerState, event: EventOf<'result'>): OwnerStep {
  const { token, worker, blob, encodeMs } = event
  const scene = state.scenes[token.scene]
  const refuse = (reason: string): OwnerStep => ({
    state,
    effects: [{ type: 'settled', worker, token, accepted: false, reason }]
  })
  if (scene == null) return refuse('unknown scene')
  if (!wasGranted(state, token)) return refuse('never granted')
  // [RULE 41] The first valid result wins, from whichever token; later ones are told so.
  if (scene.accepted) return refuse('another result was accepted')
  if (scene.results.some((result) => result.worker === worker && sameToken(result.token, token)))
    return { state, effects: [] }
  const result: PendingResult = { token, worker, blob, encodeMs }
  const next = withScene(state, token.scene, {
    ...scene,
    failed: false,
    leases: scene.leases.filter((lease) => !isLeaseOf(lease, token, worker)),
    results: [...scene.results, result]
  })
  return { state: next, effects: scene.results.length === 0 ? [{ type: 'verify', result }] : [] }
}

function onVerified(state: OwnerState, event: EventOf<'verified'>): OwnerStep {
  const scene = state.scenes[event.scene]
  const [result, ...others] = scene?.results ?? []
  if (scene == null || result == null) return { state, effects: [] }
  const { worker, token } = result
  if (!event.ok) {
    const without = { ...scene, results: others }
    const booked = event.blamed
      ? recordFailure(state, event.scene, without, token, worker, event.reason, event.nowMs)
      : withScene(state, event.scene, without)
    const step = settleProject(booked, event.nowMs)
    const next: OwnerEffect[] = others[0] == null ? [] : [{ type: 'verify', result: others[0] }]
    return then(wakeWaiting(step, event.nowMs), [
      { type: 'settled', worker, token, accepted: false, reason: event.reason },
      ...next
    ])
  }
  const effects: OwnerEffect[] = [
    { type: 'accept', result },
    { type: 'settled', worker, token, accepted: true, reason: '' },
    ...others.map((other): OwnerEffect => ({
      type: 'settled',
      worker: other.worker,
      token: other.token,
      accepted: false,
      reason: 'another result was accepted'
    })),
    ...scene.leases.map((lease): OwnerEffect => ({
      type: 'revoke',
      worker: lease.worker,
      token: tokenOf(state, event.scene, lease),
      reason: 'the scene is done'
    }))
  ]
  const measured = { frames: state.measured.frames + scene.frames, encodeMs: state.measured.encodeMs + result.encodeMs }
  const accepted: OwnerScene = { ...scene, accepted: true, failed: false, leases: [], results: [] }
  const step = settleProject(
    { ...withWorker(withScene(state, event.scene, accepted), worker, { failures: 0, pausedUntilMs: 0 }), measured },
    event.nowMs
  )
  return { state: step.state, effects: [...effects, ...step.effects] }
}

function onRelease(state: OwnerState, event: EventOf<'release'>): OwnerStep {
  const scene = state.scenes[event.token.scene]
  const lease = scene == null ? undefined : findLease(scene, event.token, event.worker)
  if (scene == null || lease == null) return { state, effects: [] }
  const without = { ...scene, leases: scene.leases.filter((other) => other !== lease) }
  const index = event.token.scene
  const next =
    event.kind === 'left'
      ? withScene(state, index, without)
      : recordFailure(state, index, without, event.token, event.worker, event.reason, event.nowMs)
  return wakeWaiting(settleProject(next, event.nowMs), event.nowMs)
}

function redialFailed(state: OwnerState, event: EventOf<'redial-failed'>): OwnerStep {
  const { worker, refused, nowMs } = event
  if (state.workers.get(worker)?.connected === true || !refused) return { state, effects: [] }
  return { state: cutLeases(state, worker, nowMs + state.timing.refusedMs), effects: [] }
}

function onTick(before: OwnerState, nowMs: number): OwnerStep {
  const effects: OwnerEffect[] = []
  const state = withoutPast(before, nowMs)
  let next = state
  state.scenes.forEach((scene, index) => {
    const over = scene.leases.filter((lease) => leaseDeadlineMs(lease, state.timing) <= nowMs)
    if (over.length === 0) return
    next = withScene(next, index, { ...scene, leases: scene.leases.filter((lease) => !over.includes(lease)) })
    for (const lease of over) {
      // [RULE 33] A lease that ran out for silence may still finish: only one that broke a time limit is told to stop.
      if (lease.hardAtMs <= nowMs || lease.stalledAtMs <= nowMs) {
        const reason = lease.hardAtMs <= nowMs ? 'took far longer than expected' : 'no progress'
        effects.push({ type: 'revoke', worker: lease.worker, token: tokenOf(state, index, lease), reason })
        next = recordFailure(
          next,
          index,
          next.scenes[index] ?? scene,
          tokenOf(state, index, lease),
          lease.worker,
          reason,
          nowMs
        )
      }
    }
  })
  return then(wakeWaiting(settleProject(next, nowMs), nowMs), effects)
}

/** Pauses that are over are no deadlines any more. */
function withoutPast(state: OwnerState, nowMs: number): OwnerState {
  const isPast = (atMs: number): boolean => atMs > 0 && atMs <= nowMs
  const scenes = state.scenes.map((scene) => (isPast(scene.notBeforeMs) ? { ...scene, notBeforeMs: 0 } : scene))
  const workers = [...state.workers].map(
    ([id, worker]) => [id, isPast(worker.pausedUntilMs) ? { ...worker, pausedUntilMs: 0 } : worker] as const
  )
  return { ...state, scenes, workers: new Map(workers) }
}

function onEnded(state: OwnerState, why: 'joined' | 'ended'): OwnerStep {
  const effects = state.scenes.flatMap((scene, index) => [
    ...scene.leases.map((lease): OwnerEffect => ({
      type: 'revoke',
      worker: lease.worker,
      token: tokenOf(state, index, lease),
      reason: 'the project has ended'
    })),
    ...scene.results.map((result): OwnerEffect => ({
      type: 'settled',
      worker: result.worker,
      token: result.token,
      accepted: false,
      reason: 'the project has ended'
    }))
  ])
  const scenes = state.scenes.map((scene) => ({ ...scene, leases: [], results: [] }))
  const end: OwnerEffect[] = why === 'joined' ? [{ type: 'end', state: 'completed', reason: '' }] : []
  return { state: { ...state, scenes, phase: 'ended' }, effects: [...effects, ...end] }
}

function afterEnd(state: OwnerState, event: OwnerEvent): OwnerStep {
  const reason = 'the project has ended'
  if (event.type === 'claim')
    return { state, effects: [{ type: 'no-work', worker: event.worker, claimId: event.claimId, reason }] }
  if (event.type === 'renew')
    return { state, effects: [{ type: 'revoke', worker: event.worker, token: event.token, reason }] }
  if (event.type === 'result')
    return { state, effects: [{ type: 'settled', worker: event.worker, token: event.token, accepted: false, reason }] }
  return { state, effects: [] }
}

/** Joins when everything is accepted; gives up when nothing can go on. */
function settleProject(state: OwnerState, nowMs: number): OwnerStep {
  if (state.phase !== 'open') return { state, effects: [] }
  const parked = state.scenes.filter((scene) => scene.failed)
  const accepted = state.scenes.filter((scene) => scene.accepted).length
  if (state.planned && accepted === state.scenes.length && accepted > 0)
    return { state: { ...state, phase: 'joining' }, effects: [{ type: 'join' }] }
  const stuck = state.planned && accepted + parked.length === state.scenes.length && parked.length > 0
  // When nothing was ever accepted and every worker only fails, the rest would only fail as well.
  const connected = [...state.workers.values()].filter((worker) => worker.connected)
  const underWay = state.scenes.some((scene) => scene.leases.length > 0 || scene.results.length > 0)
  const hopeless =
    accepted === 0 && !underWay && connected.length > 0 && connected.every((worker) => worker.pausedUntilMs > nowMs)
  if (!stuck && !hopeless) return { state, effects: [] }
  const failing = state.scenes.filter((scene) => scene.failures.length > 0)
  const reason = failing.at(-1)?.failures.at(-1)?.reason ?? ''
  const scenes = failing.length === 1 ? '1 scene could not be encoded' : `${failing.length} scenes could not be encoded`
  // Nothing is handed out from here on, although the shell may take a while to end it.
  const { state: ended, effects } = onEnded(state, 'ended')
  return { state: ended, effects: [...effects, { type: 'end', state: 'failed', reason: `${scenes}: ${reason}` }] }
}

/** Books a failure to the scene and to the worker. */
function recordFailure(
  state: OwnerState,
  index: number,
  scene: OwnerScene,
  token: Token,
  worker: string,
  reason: string,
  nowMs: number
): OwnerState {
  const { attemptsMax, retryMs, workerFailuresMax, pauseMs } = state.timing
  const failures = [...scene.failures, { token, worker, reason }]
  // [RULE 36] A scene is tried a limited number of times, with growing pauses, then it is parked and everything else goes on.
  const failed = failures.length >= attemptsMax && scene.leases.length === 0 && scene.results.length === 0
  const booked = withScene(state, index, {
    ...scene,
    failures,
    failed,
    notBeforeMs: nowMs + retryMs * 2 ** (failures.length - 1)
  })
  // [RULE 37] A worker that only fails gets nothing for a while, so that it cannot park every scene.
  const inARow = (state.workers.get(worker)?.failures ?? 0) + 1
  const paused = inARow >= workerFailuresMax
  return withWorker(booked, worker, { failures: inARow, ...(paused ? { pausedUntilMs: nowMs + pauseMs } : {}) })
}

/** Tells the workers that wait when a scene can be had. */
function wakeWaiting(step: OwnerStep, nowMs: number): OwnerStep {
  const { state } = step
  if (
    state.phase !== 'open' ||
    !state.scenes.some((scene) => isOpen(scene) && scene.leases.length === 0 && scene.notBeforeMs <= nowMs)
  )
    return step
  const waiting = [...state.workers].filter(
    ([, worker]) => worker.connected && worker.waiting && worker.pausedUntilMs <= nowMs
  )
  if (waiting.length === 0) return step
  const workers = new Map(state.workers)
  for (const [id, worker] of waiting) workers.set(id, { ...worker, waiting: false })
  return then(
    { state: { ...state, workers }, effects: step.effects },
    waiting.map(([worker]): OwnerEffect => ({ type: 'wake', worker }))
  )
}

function then(step: OwnerStep, effects: readonly OwnerEffect[]): OwnerStep {
  return { state: step.state, effects: [...step.effects, ...effects] }
}

function newScene({ frames, accepted, ready }: EventOf<'scene'>): OwnerScene {
  return { frames, accepted, failed: false, leases: [], results: [], failures: [], notBeforeMs: ready ? 0 : Infinity }
}

function addLease(state: OwnerState, token: Token, worker: string, nowMs: number): OwnerState {
  const scene = state.scenes[token.scene]
  if (scene == null || !isOpen(scene)) return state
  const lease: Lease = {
    attempt: token.attempt,
    epoch: token.epoch,
    worker,
    pass: 0,
    frames: 0,
    expiresAtMs: nowMs + state.timing.leaseTtlMs,
    hardAtMs: nowMs + hardLimitMs(state, token.scene),
    stalledAtMs: nowMs + state.timing.stallMs
  }
  return withScene(state, token.scene, { ...scene, leases: [...scene.leases, lease] })
}

function cutLeases(state: OwnerState, worker: string, atMs: number): OwnerState {
  const latest = atMs - state.timing.leaseGraceMs
  const scenes = state.scenes.map((scene) =>
    scene.leases.some((lease) => lease.worker === worker)
      ? {
          ...scene,
          leases: scene.leases.map((lease) =>
            lease.worker === worker ? { ...lease, expiresAtMs: Math.min(lease.expiresAtMs, latest) } : lease
          )
        }
      : scene
  )
  return { ...state, scenes }
}

/** [RULE 32] Silence ends a lease at ttl + grace; the hard limit and a stall end it whatever is renewed. */
function leaseDeadlineMs(lease: Lease, timing: Timing): number {
  return Math.min(lease.expiresAtMs + timing.leaseGraceMs, lease.hardAtMs, lease.stalledAtMs)
}

function hardLimitMs(state: OwnerState, scene: number): number {
  const expected = state.timing.hardFactor * expectedMs(state, state.scenes[scene]?.frames ?? 0)
  return Math.round(Math.min(LIMITS.hardMsMax, Math.max(state.timing.hardMsMin, expected)))
}

function isLeaseOf(lease: Lease, token: Token, worker: string): boolean {
  return lease.worker === worker && lease.attempt === token.attempt && lease.epoch === token.epoch
}

function findLease(scene: OwnerScene, token: Token, worker: string): Lease | undefined {
  return scene.leases.find((lease) => isLeaseOf(lease, token, worker))
}

/** Tokens of this epoch come from its counter; those of earlier ones cannot be told. */
function wasGranted(state: OwnerState, token: Token): boolean {
  return token.epoch < state.epoch || (token.epoch === state.epoch && token.attempt < state.nextAttempt)
}

function sameToken(a: Token, b: Token): boolean {
  return a.scene === b.scene && a.epoch === b.epoch && a.attempt === b.attempt
}

function tokenOf(state: OwnerState, scene: number, lease: Lease): Token {
  return { projectId: state.projectId, scene, epoch: lease.epoch, attempt: lease.attempt }
}

function withScene(state: OwnerState, index: number, scene: OwnerScene): OwnerState {
  return { ...state, scenes: state.scenes.with(index, scene) }
}

function withWorker(state: OwnerState, id: string, change: Partial<OwnerWorker>): OwnerState {
  const known = state.workers.get(id) ?? { connected: false, waiting: false, failures: 0, pausedUntilMs: 0 }
  return { ...state, workers: new Map(state.workers).set(id, { ...known, ...change }) }
}
