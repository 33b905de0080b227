import { assertNever } from '../../common/assert-never.ts'
import { type SceneWork, TWO_PASSES } from '../../common/scene-progress.ts'
import { isAlike, makerOf, ownerAsMaker, refusalText, refuseMaker, type Making } from './builds.ts'
import { chooseAhead } from './ahead.ts'
import { awayLeftMs, isExcused, leaseTimes, onAway, onBack, tellAway } from './owner-away.ts'
import { addScene, isOpen, mapLeased, withScene } from './owner-scenes.ts'
import { turnReason } from './film-line.ts'
import { isProvenBad, onLost, onRetry, onTrouble, provesFault, retryTrouble } from './owner-trouble.ts'
import { brokenLimit, pauseEndsAtMs, withPause } from './owner-pauses.ts'
import { isWaiting, waitsForAnother } from './owner-waits.ts'
import { chooseScene, expectedMs, freeInMs, mayMake, mayProve, type Asking, type Choice } from './scheduler.ts'
import { LIMITS, type Timing } from './limits.ts'
import type {
  Granted,
  Lease,
  OwnerEffect,
  OwnerEvent,
  OwnerScene,
  OwnerState,
  OwnerStep,
  OwnerSummary,
  OwnerWorker,
  PendingResult,
  FailedAttempt
} from './owner-types.ts'
import type { Maker, BeatSceneState, Token } from './types.ts'

const BROKEN = { hard: 'it took far longer than expected', stall: 'no progress', pause: 'paused for too long' } as const
const OTHER_MAKER = 'another build of the encoder must encode it'
const WAKE_TRIES = 16
const UNMEASURED = Number.MAX_SAFE_INTEGER
/** The state of a worker after an accepted result. */
const PROVEN = { failures: 0, silences: 0, silentUntilMs: 0 }
const NEW_WORKER: OwnerWorker = {
  connected: false,
  connectedAtMs: 0,
  waiting: false,
  ...PROVEN,
  pausedUntilMs: 0,
  standing: 'trusted',
  range: '',
  msPerFrame: 0,
  maker: undefined,
  refused: undefined,
  known: false,
  slots: 0,
  elsewhereMs: 0,
  toldAway: false,
  full: false
}

type EventOf<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>

export function createOwnerState(
  projectId: string,
  epoch: number,
  timing: Timing,
  making: Omit<Making, 'probing'>,
  work: SceneWork = TWO_PASSES
): OwnerState {
  return {
    projectId,
    epoch,
    timing,
    work,
    making: { ...making, probing: false },
    nextAttempt: 1,
    planned: false,
    scenes: [],
    queue: [],
    queuedFrames: 0,
    paused: new Set(),
    leased: new Set(),
    acceptedScenes: 0,
    failedScenes: 0,
    seconds: 0,
    workers: new Map(),
    phase: 'open',
    held: false,
    aside: false,
    trouble: undefined,
    before: undefined,
    away: undefined,
    backUntilMs: 0,
    recheckAtMs: Infinity,
    measured: { frames: 0, encodeMs: 0 }
  }
}

/** The rules of an owner for one project: from what happened to what must be done. */
export function stepOwner(state: OwnerState, event: OwnerEvent): OwnerStep {
  if (state.phase === 'ended') return afterEnd(state, event)
  switch (event.type) {
    case 'scene':
      return wakeWaiting(settleProject(addScene(state, newScene(event)), event.nowMs), event.nowMs)
    case 'ready':
      return onReady(state, event)
    case 'planned':
      return settleProject(
        { ...state, planned: true, trouble: state.trouble?.step === 'prepare' ? undefined : state.trouble },
        event.nowMs
      )
    case 'turn':
      return { state: { ...state, before: event.before }, effects: [] }
    case 'lost':
      return wakeWaiting({ state: onLost(state, event), effects: [] }, event.nowMs)
    case 'trouble':
      return { state: onTrouble(state, event), effects: [] }
    case 'retry':
      return wakeWaiting(onRetry(state), event.nowMs)
    case 'restored':
      return { state: restoreLease(state, event), effects: [] }
    case 'probed':
      return wakeWaiting(
        { state: { ...state, making: { ...state.making, probe: event.probe, probing: false } }, effects: [] },
        event.nowMs
      )
    case 'connected':
      return onConnected(state, event)
    case 'disconnected':
      return onDisconnected(state, event)
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
    case 'proof-wanted':
      return wakeWaiting(wantProof(state, event.scene), event.nowMs)
    case 'hold':
      return wakeWaiting({ state: { ...state, held: event.on }, effects: [] }, event.nowMs)
    case 'aside':
      return wakeWaiting({ state: { ...state, aside: event.on }, effects: [] }, event.nowMs)
    case 'away':
      return onAway(state, event)
    case 'back':
      return wakeWaiting(onBack(state, event), event.nowMs)
    case 'tick':
      return onTick(state, event.nowMs)
    case 'ended':
      return onEnded(state)
    default:
      return assertNever(event)
  }
}

/** When the next `tick` is due, in the owner's monotonic milliseconds; Infinity if nothing runs out. */
export function nextDeadlineMs(state: OwnerState): number {
  let next = isWaiting(state.trouble) ? Math.min(state.recheckAtMs, state.trouble.retryAtMs) : state.recheckAtMs
  next = Math.min(next, state.away?.untilMs ?? Infinity)
  for (const index of state.leased)
    for (const lease of state.scenes[index]?.leases ?? []) next = Math.min(next, leaseDeadlineMs(lease, state.timing))
  for (const index of state.paused) next = Math.min(next, state.scenes[index]?.notBeforeMs ?? Infinity)
  for (const worker of state.workers.values())
    if (worker.waiting && worker.pausedUntilMs > 0) next = Math.min(next, worker.pausedUntilMs)
  return next
}

/** What a beat says about the project. */
export function summarise(state: OwnerState): OwnerSummary {
  return {
    statuses: state.scenes.map(beatSceneStateOf),
    leases: state.scenes.flatMap((scene, index) =>
      scene.leases.map(({ worker, attempt, pass, frames }) => ({ scene: index, worker, attempt, pass, frames }))
    ),
    failures: state.scenes.flatMap((scene, index) => {
      const last = scene.failures.at(-1)
      return last == null || scene.accepted
        ? []
        : [{ scene: index, attempts: scene.failures.length, reason: reasonOf(state, scene, last.reason) }]
    })
  }
}

/** Leases of a worker that run. */
export function leasesOf(state: Pick<OwnerState, 'scenes' | 'leased'>, worker: string): number {
  return [...state.leased]
    .flatMap((scene) => state.scenes[scene]?.leases ?? [])
    .filter((lease) => lease.worker === worker).length
}

function reasonOf(state: OwnerState, scene: OwnerScene, reason: string): string {
  return waitsForAnother(state, scene) ? `waits for another machine: ${reason}` : reason
}

function beatSceneStateOf(scene: OwnerScene): BeatSceneState {
  if (scene.accepted) return 'accepted'
  if (scene.failed) return 'failed'
  if (scene.results.length > 0) return 'verifying'
  return scene.leases.length > 0 ? 'leased' : 'open'
}

/** [RULE 39] A worker that opens a session first renews what it holds; it loses what it does not renew at once. */
function onConnected(state: OwnerState, { worker, nowMs }: EventOf<'connected'>): OwnerStep {
  const fresh = { connected: true, connectedAtMs: nowMs, waiting: false, refused: undefined, toldAway: false }
  const connected = withWorker(state, worker, fresh)
  const asked = worker === state.making.self ? { state: connected, effects: [] } : askForProbe(connected)
  const told = tellAway(asked.state, worker, nowMs)
  return then(
    { state: cutLeases(told.state, worker, nowMs + state.timing.refusedMs), effects: asked.effects },
    told.effects
  )
}

function onDisconnected(state: OwnerState, { worker, nowMs }: EventOf<'disconnected'>): OwnerStep {
  const without = withoutOldWorkers(withWorker(state, worker, { connected: false, waiting: false, toldAway: false }))
  if (isExcused(without, worker, nowMs)) return { state: without, effects: [] }
  return { state: cutLeases(without, worker, nowMs + state.timing.lostMs), effects: [] }
}

/** Made when the first other worker comes: an owner that encodes alone has nobody to compare itself with. */
function askForProbe(state: OwnerState): OwnerStep {
  if (state.making.probe != null || state.making.probing) return { state, effects: [] }
  return { state: { ...state, making: { ...state.making, probing: true } }, effects: [{ type: 'probe' }] }
}

function onReady(state: OwnerState, { scene, nowMs }: EventOf<'ready'>): OwnerStep {
  const known = state.scenes[scene]
  if (known == null || known.notBeforeMs !== Infinity) return { state, effects: [] }
  return wakeWaiting({ state: withScene(state, scene, { ...known, notBeforeMs: 0 }), effects: [] }, nowMs)
}

function onClaim(state: OwnerState, event: EventOf<'claim'>): OwnerStep {
  const { worker, claimId, prefetch, nowMs, standing, range, barredUntilMs } = event
  const maker = makerOf(state.making, event)
  const refused = refuseMaker(state.making, event)
  if (refused != null) return refuse(state, event, refused)
  const pausedUntilMs = Math.max(barredUntilMs, state.workers.get(worker)?.pausedUntilMs ?? 0)
  const { slots = 0, workElsewhereMs: elsewhereMs = 0, known: isKnown } = event
  const met = { connected: true, standing, range, pausedUntilMs, maker, refused: undefined }
  const claimant = { ...met, known: isKnown, slots, elsewhereMs }
  // A worker that asks for a piece to fetch ahead may still wait for one to encode.
  const asked = withWorker(state, worker, prefetch ? claimant : { ...claimant, waiting: false })
  const { state: known, effects } = tellAway(asked, worker, nowMs)
  const choice = choose(known, { ...event, maker }, nowMs)
  if (choice == null) {
    const full = known.away == null ? known : withWorker(known, worker, { full: true })
    // A worker that wanted to fetch ahead asks again with its next scene.
    const waiting = prefetch ? full : withWorker(full, worker, { waiting: true })
    // A worker that fetches ahead is busy.
    const isQueued = !prefetch && turnReason(state) !== ''
    const code = pausedUntilMs > nowMs ? 'held-off' : isQueued ? 'queued' : 'none'
    const reason = refusalText(state.making, code)
    const said: OwnerEffect = { type: 'no-work', worker, claimId, code, reason }
    return { state: withRecheck(waiting, nowMs), effects: [...effects, said] }
  }
  const { state: free, effects: taken } = takeBack(known, choice)
  return grant({ state: free, effects: [...effects, ...taken] }, event, choice, prefetch)
}

/** The scene that a claim gets, also while the owner prepares to go away. */
function choose(state: OwnerState, asking: Asking, nowMs: number): Choice | undefined {
  return state.away == null ? chooseScene(state, asking, nowMs) : chooseAhead(state, asking, nowMs)
}

/** Workers that asked before this node had its probe are waiting; others need not ask again. */
function refuse(
  state: OwnerState,
  { worker, claimId, standing, range }: EventOf<'claim'>,
  code: Exclude<OwnerWorker['refused'], undefined>
): OwnerStep {
  const waits = code === 'not-ready'
  const known = withWorker(state, worker, { connected: true, standing, range, waiting: waits, refused: code })
  const step = waits ? askForProbe(known) : { state: known, effects: [] }
  const reason = refusalText(state.making, code)
  return then(step, [{ type: 'no-work', worker, claimId, code, reason }])
}

/** Whether there is room for a lease on a scene that others hold. */
function takeBack(state: OwnerState, { scene: index, insteadOf }: Choice): OwnerStep {
  const scene = state.scenes[index]
  if (insteadOf == null || scene == null) return { state, effects: [] }
  const { worker } = insteadOf
  const reason = 'another worker finishes sooner'
  return {
    state: withScene(state, index, { ...scene, leases: scene.leases.filter((lease) => lease !== insteadOf) }),
    effects: [{ type: 'revoke', worker, token: tokenOf(state, index, insteadOf), reason }]
  }
}

function grant(
  { state, effects }: OwnerStep,
  { worker, claimId, nowMs }: EventOf<'claim'>,
  { scene, kind }: Choice,
  prefetch: boolean
): OwnerStep {
  // [RULE 31] (epoch, attempt) comes from one counter, so no two grants of an owner share a token.
  const token: Token = { projectId: state.projectId, scene, epoch: state.epoch, attempt: state.nextAttempt }
  // A scene that is fetched ahead waits first.
  const waitsMs = Math.max(awayLeftMs(state, nowMs), prefetch ? Math.round(freeInMs(state, worker, nowMs)) : 0)
  const hardMs = Math.min(LIMITS.hardMsMax, hardLimitMs(state, scene, worker) + waitsMs)
  const holders = (state.scenes[scene]?.leases ?? []).filter((lease) => lease.pass > 0).map((lease) => lease.worker)
  const counted: OwnerState = {
    ...state,
    nextAttempt: state.nextAttempt + 1,
    seconds: state.seconds + Number(kind !== 'open' && (state.scenes[scene]?.leases.length ?? 0) > 0)
  }
  const maker = makerIn(counted, worker)
  const ttlMs = state.timing.leaseTtlMs
  return {
    state: addLease(withGranted(counted, token, worker, nowMs, maker), token, worker, nowMs, {
      prefetch,
      hardMs,
      heard: true
    }),
    effects: [...effects, { type: 'grant', worker, claimId, token, ttlMs, hardMs, holders, maker }]
  }
}

/** A lease from before a restart; its worker has precedence, but must be back soon. */
function restoreLease(state: OwnerState, { token, worker, maker, nowMs }: EventOf<'restored'>): OwnerState {
  const scene = state.scenes[token.scene]
  if (scene == null || wasGranted(state, token, worker)) return state
  const known = withGranted(state, token, worker, -Infinity, maker)
  if (scene.leases.length > 0 || !mayMake(state, scene, maker)) return known
  const hardMs = hardLimitMs(known, token.scene, worker)
  const restored = addLease(known, token, worker, nowMs, { prefetch: false, hardMs, heard: false })
  return restored === known ? known : cutLeases(restored, worker, nowMs + state.timing.lostMs)
}

function onRenew(state: OwnerState, event: EventOf<'renew'>): OwnerStep {
  const { worker, token, nowMs } = event
  const scene = state.scenes[token.scene]
  const revoke = (reason: string): OwnerStep => ({ state, effects: [{ type: 'revoke', worker, token, reason }] })
  if (scene == null) return revoke('unknown scene')
  const lease = findLease(scene, token, worker)
  if (lease == null) {
    // [RULE 42] A token is valid only for the worker that it was granted to.
    if (!wasGranted(state, token, worker)) return revoke('never granted')
    // A renewal that crossed with the revocation.
    if (hasFailedWith(scene, token, worker)) return revoke('the lease has ended')
    if (!mayMake(state, scene, makerOfToken(state, scene, token))) return revoke(OTHER_MAKER)
    // [RULE 34] An expired lease is revived while its scene is still open; its worker has precedence.
    if (!isOpen(scene) || scene.leases.length > 0) return revoke('the scene is done or leased to another worker')
    // The hard limit still counts from the grant.
    const heldMs = Math.max(0, nowMs - grantedAtMs(scene, token))
    const hardMs = hardLimitMs(state, token.scene, worker) - (Number.isFinite(heldMs) ? heldMs : 0)
    if (hardMs <= 0) return revoke('it took far longer than expected')
    return onRenew(addLease(state, token, worker, nowMs, { prefetch: false, hardMs, heard: true }), event)
  }
  const advanced = event.pass > lease.pass || (event.pass === lease.pass && event.frames > lease.frames)
  const { expiresAtMs, stalledAtMs } = leaseTimes(state, worker, nowMs)
  const since = withPause(lease, event, state.timing)
  const renewed: Lease = {
    ...since,
    pass: event.pass,
    frames: event.frames,
    begunAtMs: event.pass > 0 ? Math.min(since.begunAtMs, nowMs) : since.begunAtMs,
    expiresAtMs,
    stalledAtMs: advanced ? stalledAtMs : since.stalledAtMs,
    fetched: lease.fetched || event.fetched === true || event.pass > 0,
    heard: true
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
  const { token, worker, blob, encodeMs, quantiser } = event
  const scene = state.scenes[token.scene]
  const refuse = (reason: string): OwnerStep => ({
    state,
    effects: [{ type: 'settled', worker, token, accepted: false, reason }]
  })
  if (scene == null) return refuse('unknown scene')
  if (!wasGranted(state, token, worker)) return refuse('never granted')
  // [RULE 41] The first valid result wins, from whichever token; later ones are told so.
  if (scene.accepted) return refuse('another result was accepted')
  const maker = makerOfToken(state, scene, token)
  // [RULE 74] A scene that must have certain bytes is accepted only from a maker of them.
  if (!mayMake(state, scene, maker)) return refuse(OTHER_MAKER)
  // A result that was refused once is not checked again.
  if (hasFailedWith(scene, token, worker)) return refuse('refused before')
  if (scene.results.some((result) => result.worker === worker && sameToken(result.token, token)))
    return { state, effects: [] }
  // A worker's own time counts only up to the time since its grant.
  const hadMs = event.nowMs - grantedAtMs(scene, token)
  const result: PendingResult = { token, worker, blob, encodeMs: Math.min(encodeMs, hadMs), quantiser, maker }
  const next = withScene(state, token.scene, {
    ...scene,
    failed: false,
    leases: scene.leases.filter((lease) => !isLeaseOf(lease, token, worker)),
    results: [...scene.results, result]
  })
  const [first] = scene.results
  if (first == null) return { state: next, effects: [verify(state, result)] }
  const confirms = scene.proofWanted && isConfirmed(state, first, result)
  return { state: next, effects: confirms ? [{ type: 'confirmed', scene: token.scene, by: worker }] : [] }
}

function wantProof(state: OwnerState, index: number): OwnerStep {
  const scene = state.scenes[index]
  const [first, ...others] = scene?.results ?? []
  if (scene == null || first == null) return { state, effects: [] }
  // The second of two leases may have been done meanwhile.
  const by = others.find((other) => isConfirmed(state, first, other))?.worker
  const wanted = withScene(state, index, { ...scene, proofWanted: true })
  return { state: wanted, effects: by === undefined ? [] : [{ type: 'confirmed', scene: index, by }] }
}

/** [RULE 46] Two workers that make the same bytes, one of them known to the owner, prove each other. */
function isConfirmed(state: OwnerState, first: PendingResult, second: PendingResult): boolean {
  return (
    second.worker !== first.worker &&
    mayProve(state, second.worker) &&
    isAlike(state.making, first.maker, second.maker) &&
    second.blob.sha256 === first.blob.sha256
  )
}

function onVerified(state: OwnerState, event: EventOf<'verified'>): OwnerStep {
  const scene = state.scenes[event.scene]
  const [result, ...others] = scene?.results ?? []
  if (scene == null || result == null) return { state, effects: [] }
  const { worker, token } = result
  const { exposes = [], undecided = false } = event
  // [RULE 85] Once what was wrong is taken back, the result is checked like any other.
  if (exposes.length > 0)
    return { state, effects: [...exposes.flatMap((peer) => caught(peer, event.reason)), verify(state, result)] }
  if (!event.ok) {
    const { without, revoked } = withoutResult(state, event, scene)
    const booked =
      event.blamed || undecided
        ? recordFailure(state, event.scene, without, token, worker, event.reason, event.nowMs)
        : withScene(state, event.scene, without)
    const step = settleProject(booked, event.nowMs)
    const next: OwnerEffect[] = others[0] == null ? [] : [verify(state, others[0])]
    return then(wakeWaiting(step, event.nowMs), [
      ...(event.blamed ? caught(worker, event.reason) : []),
      ...revoked,
      { type: 'settled', worker, token, accepted: false, reason: event.reason },
      ...next
    ])
  }
  const effects: OwnerEffect[] = [
    { type: 'accept', result },
    { type: 'book', worker, what: 'accepted' },
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
  const accepted: OwnerScene = { ...scene, accepted: true, failed: false, leases: [], results: [], proofWanted: false }
  const proven = withWorker(state, worker, { ...PROVEN, pausedUntilMs: 0, standing: 'trusted' })
  const step = settleProject(withScene(measure(proven, scene, result), event.scene, accepted), event.nowMs)
  return { state: step.state, effects: [...effects, ...step.effects] }
}

/** [RULE 51] One wrong result says that the others may be wrong as well. */
function caught(worker: string, reason: string): readonly OwnerEffect[] {
  return [
    { type: 'book', worker, what: 'refused' },
    { type: 'distrust', worker, reason }
  ]
}

/** [RULE 74] A result that looks wrong and cannot be proved is encoded again by a maker that can be proved; all other workers lose the scene. */
function withoutResult(
  state: OwnerState,
  { scene: index, unproven }: EventOf<'verified'>,
  scene: OwnerScene
): { readonly without: OwnerScene; readonly revoked: readonly OwnerEffect[] } {
  const results = scene.results.slice(1)
  const left = { ...scene, results, proofWanted: false }
  if (unproven !== true) return { without: left, revoked: [] }
  const pinned = { ...left, like: ownerAsMaker(state.making) }
  const isFit = (lease: Lease): boolean =>
    mayMake(state, pinned, makerOfToken(state, scene, tokenOf(state, index, lease)))
  const revoked = scene.leases
    .filter((lease) => !isFit(lease))
    .map((lease): OwnerEffect => {
      return { type: 'revoke', worker: lease.worker, token: tokenOf(state, index, lease), reason: OTHER_MAKER }
    })
  return { without: { ...pinned, leases: scene.leases.filter(isFit) }, revoked }
}

/** Learns from an encode how long others will take; not from one that began before a restart, whose time cannot be checked. */
function measure(state: OwnerState, scene: OwnerScene, { token, worker, encodeMs }: PendingResult): OwnerState {
  if (!Number.isFinite(grantedAtMs(scene, token))) return state
  const { measured } = state
  const msPerFrame = smoothed(state.workers.get(worker)?.msPerFrame ?? 0, encodeMs / scene.frames)
  return {
    ...withWorker(state, worker, { msPerFrame }),
    measured: { frames: measured.frames + scene.frames, encodeMs: measured.encodeMs + encodeMs }
  }
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
  if (state.workers.get(worker)?.connected === true || !refused || isExcused(state, worker, nowMs))
    return { state, effects: [] }
  return { state: cutLeases(state, worker, nowMs + state.timing.refusedMs), effects: [] }
}

function onTick(state: OwnerState, nowMs: number): OwnerStep {
  // An owner that did not go, or came back unseen.
  if (state.away != null && state.away.untilMs <= nowMs) {
    const back = onBack(state, { type: 'back', awayMs: 0, nowMs })
    const ticked = onTick(back.state, nowMs)
    return { state: ticked.state, effects: [...back.effects, ...ticked.effects] }
  }
  const effects: OwnerEffect[] = []
  let next = state
  for (const index of state.leased) {
    const scene = state.scenes[index]
    if (scene == null) continue
    const over = scene.leases.filter((lease) => leaseDeadlineMs(lease, state.timing) <= nowMs)
    if (over.length === 0) continue
    next = withScene(next, index, { ...scene, leases: scene.leases.filter((lease) => !over.includes(lease)) })
    for (const lease of over) {
      // [RULE 33] A worker whose lease ran out because of silence may still finish: only one that broke a time limit is told to stop.
      const broken = brokenLimit(lease, state.timing, nowMs)
      if (broken !== undefined) {
        const reason = BROKEN[broken]
        effects.push({ type: 'revoke', worker: lease.worker, token: tokenOf(state, index, lease), reason })
        if (broken === 'pause') continue
        next = recordFailure(
          next,
          index,
          next.scenes[index] ?? scene,
          tokenOf(state, index, lease),
          lease.worker,
          reason,
          nowMs
        )
        effects.push({ type: 'book', worker: lease.worker, what: 'missed' })
      }
      if (broken === 'stall' || wasSilent(next, lease)) next = recordSilence(next, index, lease.worker, nowMs)
    }
  }
  const due = isWaiting(next.trouble) && next.trouble.retryAtMs <= nowMs
  const retried = due ? retryTrouble(next) : { state: next, effects: [] }
  next = retried.state
  effects.push(...retried.effects)
  // This comes after the leases: a scene whose lease ran out comes back with a pause that may be over as well.
  return then(wakeWaiting(settleProject(withoutPast(next, nowMs), nowMs), nowMs), effects)
}

/** Pauses that are over are no longer deadlines. */
function withoutPast(before: OwnerState, nowMs: number): OwnerState {
  const isPast = (atMs: number): boolean => atMs > 0 && atMs <= nowMs
  let state = isPast(before.recheckAtMs) ? { ...before, recheckAtMs: Infinity } : before
  for (const index of state.paused) {
    const scene = state.scenes[index]
    if (scene != null && isPast(scene.notBeforeMs)) state = withScene(state, index, { ...scene, notBeforeMs: 0 })
  }
  for (const [id, worker] of state.workers)
    if (isPast(worker.pausedUntilMs)) state = withWorker(state, id, { pausedUntilMs: 0 })
  return state
}

/** What beats still say of them. There may be 60,000, and most are like each other. */
function scenesAtEnd(scenes: readonly OwnerScene[]): OwnerScene[] {
  const alike = new Map<string, OwnerScene>()
  return scenes.map(({ frames, accepted, failed, failures }) => {
    const key = failures.length === 0 ? `${frames} ${accepted} ${failed}` : undefined
    const known = key === undefined ? undefined : alike.get(key)
    if (known !== undefined) return known
    const none = { leases: [], results: [], silent: [], granted: [] }
    const over = { frames, accepted, failed, failures, ...none, proofWanted: false, notBeforeMs: 0, like: undefined }
    if (key !== undefined) alike.set(key, over)
    return over
  })
}

function onEnded(state: OwnerState): OwnerStep {
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
  const over = {
    scenes: scenesAtEnd(state.scenes),
    queue: [],
    queuedFrames: 0,
    paused: new Set<number>(),
    leased: new Set<number>(),
    trouble: undefined,
    before: undefined,
    away: undefined,
    recheckAtMs: Infinity
  }
  return { state: { ...state, ...over, phase: 'ended' }, effects }
}

function afterEnd(state: OwnerState, event: OwnerEvent): OwnerStep {
  const reason = 'the project has ended'
  if (event.type === 'claim')
    return { state, effects: [{ type: 'no-work', worker: event.worker, claimId: event.claimId, code: 'none', reason }] }
  if (event.type === 'renew')
    return { state, effects: [{ type: 'revoke', worker: event.worker, token: event.token, reason }] }
  if (event.type === 'result')
    return { state, effects: [{ type: 'settled', worker: event.worker, token: event.token, accepted: false, reason }] }
  return { state, effects: [] }
}

/** Joins when everything is accepted; gives up when nothing can continue. */
function settleProject(state: OwnerState, nowMs: number): OwnerStep {
  if (state.phase !== 'open') return { state, effects: [] }
  const { acceptedScenes, failedScenes } = state
  const count = state.scenes.length
  if (state.planned && acceptedScenes === count && count > 0)
    return { state: { ...state, phase: 'joining' }, effects: [{ type: 'join' }] }
  const stuck = state.planned && acceptedScenes + failedScenes === count && failedScenes > 0
  if (!stuck && !isHopeless(state, nowMs)) return { state, effects: [] }
  const failing = state.scenes.filter((scene) => scene.failures.length > 0)
  const reason = failing.at(-1)?.failures.at(-1)?.reason ?? ''
  const scenes = failing.length === 1 ? '1 scene could not be encoded' : `${failing.length} scenes could not be encoded`
  // From here on nothing is handed out, although the shell may take a while to end the project.
  const { state: ended, effects } = onEnded(state)
  return { state: ended, effects: [...effects, { type: 'end', state: 'failed', reason: `${scenes}: ${reason}` }] }
}

/** When nothing was ever accepted and every worker only fails, the rest would only fail as well. */
function isHopeless(state: OwnerState, nowMs: number): boolean {
  if (state.acceptedScenes > 0 || state.leased.size > 0) return false
  // Failures of strangers prove nothing about the project.
  const trusted = [...state.workers].filter(
    ([, worker]) => worker.connected && worker.standing === 'trusted' && worker.refused == null
  )
  const onlyFails = (worker: OwnerWorker): boolean =>
    worker.pausedUntilMs > nowMs && worker.failures >= state.timing.workerFailuresMax
  if (trusted.length === 0 || !trusted.every(([, worker]) => onlyFails(worker))) return false
  const names = trusted.map(([name]) => name)
  if (!provesFault(state, names)) return false
  return state.scenes.every((scene) => scene.results.length === 0)
}

/** Records a failure for the scene and for the worker. */
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
  const counts = state.workers.get(worker)?.standing !== 'stranger'
  const failures = addFailure(scene.failures, { token, worker, reason, atMs: nowMs, counts })
  const counted = failures.filter((failure) => failure.counts).length
  // A scene is parked after enough failures, and all other scenes continue. Failures of strangers do not count.
  const failed = isProvenBad(state, { failures }) && scene.leases.length === 0 && scene.results.length === 0
  const booked = withScene(state, index, {
    ...scene,
    failures,
    failed,
    // A worker that has not failed it does not wait for those that have.
    notBeforeMs: counts ? nowMs + retryMs * 2 ** (Math.min(counted, attemptsMax) - 1) : scene.notBeforeMs
  })
  // [RULE 37] A worker that only fails gets nothing for a while, so that it cannot park every scene.
  const inARow = (state.workers.get(worker)?.failures ?? 0) + 1
  const paused = inARow >= (counts ? workerFailuresMax : 1)
  return withWorker(booked, worker, { failures: inARow, ...(paused ? { pausedUntilMs: nowMs + pauseMs } : {}) })
}

/** The last few failures that count, and the last few of strangers. */
function addFailure(failures: OwnerScene['failures'], failure: FailedAttempt): OwnerScene['failures'] {
  const alike = failures.filter((one) => one.counts === failure.counts)
  const oldest = alike.length >= LIMITS.grantedPerSceneMax ? alike[0] : undefined
  return [...failures.filter((one) => one !== oldest), failure]
}

/** A worker that was disconnected for part of the time could not report, which is not its fault. */
function wasSilent({ workers, timing }: OwnerState, lease: Lease): boolean {
  const { connected = false, connectedAtMs = 0 } = workers.get(lease.worker) ?? {}
  return connected && connectedAtMs <= lease.expiresAtMs - timing.leaseTtlMs
}

/** [RULE 50] A connected worker that is silent about what it holds, or makes no progress, gets nothing for a while as long as others are connected; longer each time. */
function recordSilence(state: OwnerState, index: number, worker: string, nowMs: number): OwnerState {
  const scene = state.scenes[index]
  if (scene == null) return state
  const silent = scene.silent.includes(worker)
    ? scene.silent
    : [...scene.silent, worker].slice(-LIMITS.grantedPerSceneMax)
  const noted = withScene(state, index, { ...scene, silent })
  const { silences = 0 } = state.workers.get(worker) ?? {}
  const { pauseMs, retryFailedMsMax } = state.timing
  const silentUntilMs = nowMs + Math.min(retryFailedMsMax, pauseMs * 2 ** silences)
  return withWorker(noted, worker, { silences: silences + 1, silentUntilMs })
}

/** Wakes waiting workers when there are scenes: about as many workers as scenes, trusted and fast ones first. The others are checked again later. */
function wakeWaiting(step: OwnerStep, nowMs: number): OwnerStep {
  const { state } = step
  if (state.phase !== 'open') return step
  const waiting = [...state.workers].filter(
    ([id, worker]) => worker.connected && worker.waiting && worker.pausedUntilMs <= nowMs && mayAsk(state, id, worker)
  )
  if (waiting.length === 0) return step
  const free = state.queue.filter((index) => (state.scenes[index]?.notBeforeMs ?? 0) <= nowMs).length
  const woken: string[] = []
  // Each check covers all held scenes: the other workers have their turn in the next.
  let tries = WAKE_TRIES
  for (const [worker, { standing, range }] of waiting.toSorted(([, a], [, b]) => byUse(a, b))) {
    if (woken.length >= 2 * free + 2) break
    const maker = makerIn(state, worker)
    const asking = { worker, prefetch: false, standing, range, maker, leasesElsewhere: 0, barredUntilMs: 0 }
    if (choose(state, asking, nowMs) != null) woken.push(worker)
    else if ((tries -= 1) === 0) break
  }
  const workers = new Map(state.workers)
  for (const id of woken) workers.set(id, { ...(workers.get(id) ?? NEW_WORKER), waiting: false })
  const wakes = woken.map((worker): OwnerEffect => ({ type: 'wake', worker }))
  return then({ state: withRecheck({ ...state, workers }, nowMs), effects: step.effects }, wakes)
}

/** Workers other than the owner's own ask in vain until the owner has its probe. */
function mayAsk({ making }: OwnerState, id: string, { refused }: OwnerWorker): boolean {
  return refused == null || (refused === 'not-ready' && (making.probe != null || id === making.self))
}

/** The maker of a worker's next result. */
function makerIn(state: OwnerState, worker: string): Maker {
  return state.workers.get(worker)?.maker ?? ownerAsMaker(state.making)
}

/** [RULE 73] Only a result whose maker is like the owner can be proved by encoding it again. */
function verify({ making }: OwnerState, result: PendingResult): OwnerEffect {
  return { type: 'verify', result, provable: isAlike(making, ownerAsMaker(making), result.maker) }
}

function byUse(a: OwnerWorker, b: OwnerWorker): number {
  const standing = Number(a.standing === 'stranger') - Number(b.standing === 'stranger')
  return standing || (a.msPerFrame || UNMEASURED) - (b.msPerFrame || UNMEASURED)
}

/** While a worker waits and something is in progress, the available scenes change with time. */
function withRecheck(state: OwnerState, nowMs: number): OwnerState {
  const waits =
    state.phase === 'open' && [...state.workers.values()].some((worker) => worker.connected && worker.waiting)
  const mayChange = waits && (state.leased.size > 0 || state.queue.length > 0)
  const due = Math.min(state.recheckAtMs, nowMs + state.timing.recheckMs)
  return { ...state, recheckAtMs: mayChange ? due : Infinity }
}

function then(step: OwnerStep, effects: readonly OwnerEffect[]): OwnerStep {
  return { state: step.state, effects: [...step.effects, ...effects] }
}

function newScene({ frames, accepted, ready, like }: EventOf<'scene'>): OwnerScene {
  return {
    frames,
    accepted,
    failed: false,
    leases: [],
    results: [],
    proofWanted: false,
    failures: [],
    silent: [],
    granted: [],
    notBeforeMs: ready ? 0 : Infinity,
    like
  }
}

interface LeaseInit {
  readonly prefetch: boolean
  readonly hardMs: number
  readonly heard: boolean
}

function newLease(
  state: OwnerState,
  token: Token,
  worker: string,
  nowMs: number,
  { prefetch, hardMs, heard }: LeaseInit
): Lease {
  return {
    attempt: token.attempt,
    epoch: token.epoch,
    worker,
    standing: state.workers.get(worker)?.standing ?? 'trusted',
    pass: 0,
    frames: 0,
    grantedAtMs: nowMs,
    begunAtMs: prefetch ? Infinity : nowMs,
    hardAtMs: nowMs + hardMs,
    ...leaseTimes(state, worker, nowMs),
    fetched: false,
    heard,
    pausedAtMs: undefined,
    pausedMs: 0
  }
}

function addLease(state: OwnerState, token: Token, worker: string, nowMs: number, init: LeaseInit): OwnerState {
  const scene = state.scenes[token.scene]
  if (scene == null || !(isOpen(scene) || scene.proofWanted)) return state
  const leases = [...scene.leases, newLease(state, token, worker, nowMs, init)]
  return withScene(state, token.scene, { ...scene, leases })
}

/** @param atMs -Infinity for a token from before a restart. */
function withGranted(
  state: OwnerState,
  { scene: index, epoch, attempt }: Token,
  worker: string,
  atMs: number,
  maker: Maker
): OwnerState {
  const scene = state.scenes[index]
  if (scene == null) return state
  const granted = [...scene.granted, { epoch, attempt, worker, atMs, maker }].slice(-LIMITS.grantedPerSceneMax)
  return withScene(state, index, { ...scene, granted })
}

function cutLeases(state: OwnerState, worker: string, atMs: number): OwnerState {
  const latest = atMs - state.timing.leaseGraceMs
  const cut = (lease: Lease): Lease =>
    lease.worker === worker ? { ...lease, expiresAtMs: Math.min(lease.expiresAtMs, latest) } : lease
  return mapLeased(state, (scene) =>
    scene.leases.some((lease) => lease.worker === worker) ? { ...scene, leases: scene.leases.map(cut) } : scene
  )
}

/** Peer ids that strangers make up are forgotten in time. */
function withoutOldWorkers(state: OwnerState): OwnerState {
  if (state.workers.size <= LIMITS.workersMax) return state
  const isOld = ({ connected, standing, pausedUntilMs }: OwnerWorker): boolean =>
    !connected && standing === 'stranger' && pausedUntilMs === 0
  return { ...state, workers: new Map([...state.workers].filter(([, worker]) => !isOld(worker))) }
}

/** Half the new value, half the old average. */
function smoothed(before: number, value: number): number {
  return before === 0 ? value : (before + value) / 2
}

/** When a lease ends at the latest if its worker is silent. */
export function leaseDeadlineMs(lease: Lease, timing: Timing): number {
  const silentAtMs = lease.expiresAtMs + timing.leaseGraceMs
  // [RULE 88] Neither the hard limit nor a stall ends a lease while it is paused.
  if (lease.pausedAtMs !== undefined) return Math.min(silentAtMs, pauseEndsAtMs(lease, timing))
  // [RULE 32] Silence ends a lease at ttl + grace; the hard limit and a stall end it whatever is renewed.
  return Math.min(silentAtMs, lease.hardAtMs, lease.stalledAtMs)
}

function hardLimitMs(state: OwnerState, scene: number, worker: string): number {
  const isStranger = state.workers.get(worker)?.standing === 'stranger'
  const factor = isStranger ? state.timing.hardFactorStranger : state.timing.hardFactor
  const expected = factor * expectedMs(state, state.scenes[scene]?.frames ?? 0, worker)
  return Math.round(Math.min(LIMITS.hardMsMax, Math.max(state.timing.hardMsMin, expected)))
}

function isLeaseOf(lease: Lease, token: Token, worker: string): boolean {
  return lease.worker === worker && lease.attempt === token.attempt && lease.epoch === token.epoch
}

function findLease(scene: OwnerScene, token: Token, worker: string): Lease | undefined {
  return scene.leases.find((lease) => isLeaseOf(lease, token, worker))
}

function wasGranted(state: OwnerState, token: Token, worker: string): boolean {
  return grantOf(state.scenes[token.scene], token)?.worker === worker
}

function grantedAtMs(scene: OwnerScene, token: Token): number {
  return grantOf(scene, token)?.atMs ?? -Infinity
}

/** Two grants never share a token. */
function grantOf(scene: OwnerScene | undefined, { epoch, attempt }: Token): Granted | undefined {
  return scene?.granted.find((one) => one.epoch === epoch && one.attempt === attempt)
}

function makerOfToken({ making }: OwnerState, scene: OwnerScene, token: Token): Maker {
  return grantOf(scene, token)?.maker ?? ownerAsMaker(making)
}

function hasFailedWith(scene: OwnerScene, token: Token, worker: string): boolean {
  return scene.failures.some((failure) => failure.worker === worker && sameToken(failure.token, token))
}

function sameToken(a: Token, b: Token): boolean {
  return a.scene === b.scene && a.epoch === b.epoch && a.attempt === b.attempt
}

function tokenOf(state: OwnerState, scene: number, lease: Lease): Token {
  return { projectId: state.projectId, scene, epoch: lease.epoch, attempt: lease.attempt }
}

function withWorker(state: OwnerState, id: string, change: Partial<OwnerWorker>): OwnerState {
  const known = state.workers.get(id) ?? NEW_WORKER
  return { ...state, workers: new Map(state.workers).set(id, { ...known, ...change }) }
}
