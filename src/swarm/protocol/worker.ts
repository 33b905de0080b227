import { assertNever } from '../../common/assert-never.ts'
import { LIMITS } from './limits.ts'
import type { OwnerCode } from './idle.ts'
import type { Token } from './types.ts'
import type { ProjectView } from './view.ts'
import { claimsInTime, createFreeSlots, isLive, readyInOrder, slotsKeptFrom } from './worker-turns.ts'
import { capacityOf, retried, type Shortage, withShortage, withWanted } from './worker-memory.ts'

/** A project that a worker may work for, as its view shows it. */
export interface Candidate {
  readonly projectId: string
  readonly owner: string
  /** Lower first; then the older. */
  readonly priority: number
  readonly createdAtMs: number
  /** Slots that fit into this machine's memory at its frame size. */
  readonly slotsMax: number
  /** The probe of the encoder here is known, or not needed. */
  readonly probed: boolean
}

/** `fetching` the piece, `ready` to encode, `encoding`, `delivering`: encoded, waiting for the owner's verdict. */
export type JobStage = 'fetching' | 'ready' | 'encoding' | 'delivering'

export interface Job {
  readonly key: string
  readonly owner: string
  readonly token: Token
  readonly stage: JobStage
  readonly pass: number
  readonly frames: number
  readonly ttlMs: number
  /** When it was granted, or taken up again after a restart. */
  readonly sinceMs: number
  /** The lease counts as live until this time of this node's monotonic clock; renewals extend it. */
  readonly liveUntilMs: number
  /** The worker gives up the job at this time, however often the lease is renewed. */
  readonly hardAtMs: number
  /** Its encoder stands still. */
  readonly paused: boolean
  /** Granted ahead of an absence of its owner. */
  readonly ahead: boolean
  /** Its encoder crashed once, with others beside it. */
  readonly crashed?: true
}

export interface PendingClaim {
  readonly owner: string
  readonly projectId: string
  readonly prefetch: boolean
  /** When it was made, by the latest time that an event gave. */
  readonly atMs: number
}

export interface WorkerState {
  /** Scenes encoded at once: fewer than the user wants where memory is short. */
  readonly slots: number
  readonly shortage: Shortage
  readonly queue: number
  readonly draining: boolean
  /** The user wants no new scenes to start here. */
  readonly paused: boolean
  /** Since when what runs here stands still, because the machine is wanted; undefined while it runs. */
  readonly frozenAtMs: number | undefined
  /** Asks for nothing, because the node's disk is full. */
  readonly held: boolean
  /** When to ask again the projects that had no scene. */
  readonly askAgainAtMs: number
  /** Time of the latest event that gave one. */
  readonly nowMs: number
  readonly candidates: readonly Candidate[]
  /** Owners with an open session. */
  readonly sessions: ReadonlySet<string>
  /** Unanswered claims, by a number of this state; the shell knows the id that was sent for each. */
  readonly claims: ReadonlyMap<number, PendingClaim>
  readonly nextClaim: number
  /** Projects that, when last asked, had no scene for a free slot (`all`) or none to fetch ahead (`prefetch`). */
  readonly nothing: ReadonlyMap<string, 'all' | 'prefetch'>
  /** Projects whose owner said why this worker gets no scene. */
  readonly ownerSays: ReadonlyMap<string, OwnerCode>
  /** Projects whose owner said that it goes away, with the end of that time by this node's clock. */
  readonly away: ReadonlyMap<string, Away>
  readonly jobs: ReadonlyMap<string, Job>
}

/** An announced absence of an owner. */
export interface Away {
  readonly owner: string
  readonly untilMs: number
}

export type WorkerEvent =
  | { readonly type: 'candidates'; readonly candidates: readonly Candidate[] }
  | { readonly type: 'session-opened'; readonly owner: string }
  | { readonly type: 'session-closed'; readonly owner: string }
  | { readonly type: 'wake'; readonly projectId: string }
  | { readonly type: 'no-work'; readonly claimNo: number; readonly says?: OwnerCode | undefined }
  | {
      readonly type: 'granted'
      readonly owner: string
      readonly claimNo: number
      readonly token: Token
      readonly ttlMs: number
      readonly hardMs: number
      readonly nowMs: number
    }
  /** An owner goes away for this time; 0: it is back. */
  | { readonly type: 'away'; readonly owner: string; readonly projectId: string; readonly forMs: number }
  /** A scene that an earlier run of this node took ahead; with `encoded` its result is on the disk. */
  | {
      readonly type: 'kept'
      readonly owner: string
      readonly token: Token
      readonly ttlMs: number
      readonly hardMs: number
      /** What is left of the absence. */
      readonly awayMs: number
      readonly encoded: boolean
      readonly nowMs: number
    }
  /** A renewal went out on an open session. */
  | { readonly type: 'renewed'; readonly key: string; readonly nowMs: number }
  /** Time has passed. */
  | { readonly type: 'tick'; readonly nowMs: number }
  /** This machine slept; its clock went on for so long, while nothing ran. */
  | { readonly type: 'slept'; readonly forMs: number }
  | { readonly type: 'fetched'; readonly key: string; readonly nowMs: number }
  | { readonly type: 'progress'; readonly key: string; readonly pass: number; readonly frames: number }
  | { readonly type: 'encoded'; readonly key: string }
  /** Fetching or encoding failed. */
  | { readonly type: 'failed'; readonly key: string; readonly declined: boolean; readonly reason: string }
  /** An owner's last word on a job: settled or revoked. Counts where it is the owner of that job. */
  | { readonly type: 'settled'; readonly owner: string; readonly key: string }
  | { readonly type: 'project-ended'; readonly projectId: string }
  /** Asks for nothing new while `on`. */
  | { readonly type: 'hold'; readonly on: boolean }
  /** Starts nothing new while `on`, and hands back what it has not started. */
  | { readonly type: 'pause'; readonly on: boolean }
  /** What is being encoded stands still while `on`; nothing new starts, and what has not started is handed back. */
  | { readonly type: 'freeze'; readonly on: boolean; readonly nowMs: number }
  /** Its encoder ran out of memory, or was killed for it. */
  | { readonly type: 'starved'; readonly key: string; readonly nowMs: number }
  /** Its encoder crashed without a word, as programs do that do not check whether they got memory. */
  | { readonly type: 'crashed'; readonly key: string; readonly nowMs: number; readonly reason: string }
  /** Fewer slots never stop a running encode. With `anew` its user says it now: what was found out about memory no longer counts. */
  | { readonly type: 'slots'; readonly slots: number; readonly anew: boolean }
  | { readonly type: 'drain' }
  /** The user of this node wants it out of here; whoever asks gets it, this node too. */
  | { readonly type: 'give-back'; readonly key: string }

export type WorkerEffect =
  | { readonly type: 'claim'; readonly claimNo: number; readonly claim: PendingClaim }
  | { readonly type: 'fetch'; readonly job: Job }
  | { readonly type: 'encode'; readonly job: Job }
  | { readonly type: 'deliver'; readonly job: Job }
  /** Show the owner its grant. */
  | { readonly type: 'present'; readonly job: Job }
  /** Say how far it is. */
  | { readonly type: 'renew'; readonly job: Job }
  /** Say that the lease is over. */
  | {
      readonly type: 'release'
      readonly job: Job
      readonly kind: 'failed' | 'declined' | 'left'
      readonly reason: string
    }
  /** Stop everything that runs for the job, and forget its files. */
  | { readonly type: 'discard'; readonly job: Job }
  | { readonly type: 'drained' }

export interface WorkerStep {
  readonly state: WorkerState
  readonly effects: readonly WorkerEffect[]
}

/** Projects of held jobs that are over: ended, frozen, or ended so long ago that this node forgot them. */
export function projectsOver(
  state: WorkerState,
  viewOf: (projectId: string) => Pick<ProjectView, 'end' | 'fork'> | undefined
): string[] {
  return [...new Set([...state.jobs.values()].map((job) => job.token.projectId))].filter((projectId) => {
    const view = viewOf(projectId)
    return view == null || view.end != null || view.fork != null
  })
}

const CLAIM_TIMEOUT_MS = 30_000
/** Pieces that a worker fetches at once before its owner goes away. */
const AHEAD_FETCHING_MAX = 4
const ASK_AGAIN_MS = 60_000

export function createWorkerState(slots: number, queue: number): WorkerState {
  return {
    ...capacityOf(slots),
    queue,
    draining: false,
    paused: false,
    frozenAtMs: undefined,
    held: false,
    nowMs: 0,
    askAgainAtMs: 0,
    candidates: [],
    sessions: new Set(),
    claims: new Map(),
    nextClaim: 1,
    nothing: new Map(),
    ownerSays: new Map(),
    away: new Map(),
    jobs: new Map()
  }
}

/** Nothing new starts here. */
const isResting = ({ paused, frozenAtMs }: WorkerState): boolean => paused || frozenAtMs !== undefined

export function jobKey(token: Token): string {
  return `${token.projectId}/${token.scene}/${token.epoch}/${token.attempt}`
}

/** The rules of a worker: which scenes it asks for, and what it does with those it holds. */
export function stepWorker(state: WorkerState, event: WorkerEvent): WorkerStep {
  const step = react('nowMs' in event ? { ...state, nowMs: event.nowMs } : state, event)
  const kept = handBack(step.state)
  return schedule(kept.state, [...step.effects, ...kept.effects])
}

function react(state: WorkerState, event: WorkerEvent): WorkerStep {
  switch (event.type) {
    case 'candidates':
      return only({
        ...state,
        candidates: event.candidates.toSorted((a, b) => a.priority - b.priority || a.createdAtMs - b.createdAtMs),
        ownerSays: ofCandidates(state.ownerSays, event.candidates)
      })
    case 'session-opened':
      return onSession(state, event.owner)
    case 'session-closed':
      return only({
        ...state,
        sessions: new Set([...state.sessions].filter((owner) => owner !== event.owner)),
        claims: new Map([...state.claims].filter(([, claim]) => claim.owner !== event.owner))
      })
    case 'wake':
      return only({
        ...state,
        nothing: without(state.nothing, event.projectId),
        ownerSays: without(state.ownerSays, event.projectId)
      })
    case 'no-work':
      return onNoWork(state, event.claimNo, event.says)
    case 'granted':
      return onGranted(state, event)
    case 'fetched':
      return only(state.jobs.get(event.key)?.stage === 'fetching' ? withStage(state, event.key, 'ready') : state)
    case 'away':
      return only(withAway(state, event))
    case 'kept':
      return onKept(state, event)
    case 'renewed':
      return only(withJob(state, event.key, (job) => ({ ...job, liveUntilMs: liveUntilMs(state, job) })))
    case 'tick':
      return giveUp(askAgain(withoutUnanswered({ ...state, ...retried(state, event.nowMs) })))
    case 'slept':
      return only({ ...state, jobs: new Map([...state.jobs].map(([key, job]) => [key, later(job, event.forMs)])) })
    case 'hold':
      return only({ ...state, held: event.on })
    case 'pause':
      return only({ ...state, paused: event.on })
    case 'freeze':
      return only(onFreeze(state, event))
    case 'slots':
      return only({ ...state, ...withWanted(state, event.slots, event.anew) })
    case 'starved':
      return onStarved(state, event)
    case 'crashed':
      return onCrashed(state, event)
    case 'progress':
      return only(withJob(state, event.key, (job) => ({ ...job, pass: event.pass, frames: event.frames })))
    case 'encoded': {
      if (state.jobs.get(event.key)?.stage !== 'encoding') return only(state)
      const next = withStage(state, event.key, 'delivering')
      const job = next.jobs.get(event.key)
      return { state: next, effects: job == null ? [] : [{ type: 'deliver', job }] }
    }
    case 'failed':
      return drop(state, event.key, (job) => [
        { type: 'release', job, kind: event.declined ? 'declined' : 'failed', reason: event.reason }
      ])
    case 'give-back':
      return drop(state, event.key, (job) => [{ type: 'release', job, kind: 'left', reason: 'its user stopped it' }])
    case 'settled':
      return state.jobs.get(event.key)?.owner === event.owner ? drop(state, event.key, () => []) : only(state)
    case 'project-ended':
      return endProject(state, event.projectId)
    case 'drain':
      return only({ ...state, draining: true })
    default:
      return assertNever(event)
  }
}

/** Asks for as many scenes as there is room for, and fills free slots with fetched ones. */
function schedule(state: WorkerState, before: readonly WorkerEffect[]): WorkerStep {
  const effects = [...before]
  const wanted = state.held || state.draining || isResting(state) ? [] : wantedClaims(state)
  const numbered = wanted.map((claim, index) => [state.nextClaim + index, claim] as const)
  let next: WorkerState = {
    ...state,
    claims: new Map([...state.claims, ...numbered]),
    nextClaim: state.nextClaim + wanted.length
  }
  for (const job of readyInOrder(next)) {
    if (!mayBegin(next, job)) continue
    next = withStage(next, job.key, 'encoding')
    effects.push({ type: 'encode', job: { ...job, stage: 'encoding' } })
  }
  for (const [claimNo, claim] of numbered) effects.push({ type: 'claim', claimNo, claim })
  if (state.draining && next.jobs.size === 0) effects.push({ type: 'drained' })
  return { state: next, effects }
}

function mayBegin(state: WorkerState, job: Job): boolean {
  const { projectId } = job.token
  if (!isLive(state, job)) return false
  if (encodingOf(state, projectId) >= slotsMax(state, projectId)) return false
  return count(state, 'encoding') + slotsKeptFrom(state, projectId) < state.slots
}

function wantedClaims(state: WorkerState): PendingClaim[] {
  const wanted: PendingClaim[] = []
  const claims = [...state.claims.values()]
  const inTime = claimsInTime(state)
  const held = count(state, 'encoding') + waiting(state).length
  let room = state.slots + (state.slots > 0 ? state.queue : 0) - held - inTime.length
  const slotsFree = createFreeSlots(state, waiting(state))
  for (const candidate of state.candidates) {
    if (room <= 0) break
    slotsFree.pass(candidate.projectId)
    // [RULE 71] The worker claims nothing before its own probe is known.
    if (!candidate.probed || !state.sessions.has(candidate.owner)) continue
    const isMine = ({ projectId }: { readonly projectId: string }): boolean => projectId === candidate.projectId
    const asked = claims.filter(isMine).length
    const late = asked - inTime.filter(isMine).length
    const jobs = [...state.jobs.values()].filter((job) => isMine(job.token) && job.stage !== 'delivering')
    let mine = jobs.length + asked
    while (room > late && mine < candidate.slotsMax + state.queue) {
      const prefetch = slotsFree.count <= 0 || mine >= candidate.slotsMax
      const nothing = state.nothing.get(candidate.projectId)
      if (nothing === 'all' || (prefetch && nothing === 'prefetch')) break
      wanted.push({ owner: candidate.owner, projectId: candidate.projectId, prefetch, atMs: state.nowMs })
      room -= 1
      slotsFree.count -= 1
      mine += 1
    }
  }
  return [...wanted, ...wantedAhead(state, wanted)]
}

/** [RULE 91] Before its owner goes away, a worker asks for scenes until there are no more for it, a few at a time. */
function wantedAhead(state: WorkerState, others: readonly PendingClaim[]): PendingClaim[] {
  if (state.away.size === 0 || state.slots === 0) return []
  const ahead = [...state.jobs.values()].filter((job) => job.ahead).length
  const underWay = claimsInTime(state).length + others.length
  let room = Math.min(AHEAD_FETCHING_MAX - count(state, 'fetching'), LIMITS.aheadMax - ahead) - underWay
  const wanted: PendingClaim[] = []
  for (const { owner, projectId, probed } of state.candidates) {
    const isAway = state.away.get(projectId)?.owner === owner && state.sessions.has(owner)
    if (!probed || !isAway || state.nothing.has(projectId)) continue
    for (; room > 0; room -= 1) wanted.push({ owner, projectId, prefetch: true, atMs: state.nowMs })
  }
  return wanted
}

/** [RULE 92] Only the owner of a project says that it goes away. What was said of scenes before no longer counts. */
function withAway(
  state: WorkerState,
  { owner, projectId, forMs }: Extract<WorkerEvent, { type: 'away' }>
): WorkerState {
  const isOfOwner = (job: Job): boolean => job.owner === owner && job.token.projectId === projectId
  const isOwner =
    state.candidates.some((one) => one.projectId === projectId && one.owner === owner) ||
    [...state.jobs.values()].some(isOfOwner)
  if (!isOwner) return state
  if (forMs === 0) return withoutAway(state, (id) => id === projectId)
  const away = new Map(state.away).set(projectId, { owner, untilMs: state.nowMs + forMs })
  const next = { ...state, away, nothing: without(state.nothing, projectId) }
  // One that ran out has to be renewed first.
  const endMs = (job: Job): number => (job.liveUntilMs > state.nowMs ? liveUntilMs(next, job) : job.liveUntilMs)
  const long = (job: Job): Job => ({ ...takenAhead(job, forMs), liveUntilMs: endMs(job) })
  const jobs = [...state.jobs].map(([key, job]) => [key, isOfOwner(job) ? long(job) : job] as const)
  return { ...next, jobs: new Map(jobs) }
}

/** What was in hand before goes on as well. Said again in a new session, it counts once. */
function takenAhead(job: Job, forMs: number): Job {
  return job.ahead ? job : { ...later(job, forMs), ahead: true }
}

function later(job: Job, forMs: number): Job {
  return { ...job, hardAtMs: job.hardAtMs + forMs }
}

/** [RULE 35] A lease lives until its ttl is over; [RULE 92] one of an owner that said it goes away, that long after its return. */
function liveUntilMs({ away, nowMs }: WorkerState, { token, ttlMs }: Pick<Job, 'token' | 'ttlMs'>): number {
  return Math.max(nowMs, away.get(token.projectId)?.untilMs ?? nowMs) + ttlMs
}

/** Once the owner is back, leases of a project last as long as others. */
function withoutAway(state: WorkerState, isOver: (projectId: string, away: Away) => boolean): WorkerState {
  const over = new Set([...state.away].flatMap(([id, away]) => (isOver(id, away) ? [id] : [])))
  if (over.size === 0) return state
  const short = (job: Job): Job => ({ ...job, liveUntilMs: Math.min(job.liveUntilMs, state.nowMs + job.ttlMs) })
  const jobs = [...state.jobs].map(([key, job]) => [key, over.has(job.token.projectId) ? short(job) : job] as const)
  return { ...state, away: new Map([...state.away].filter(([id]) => !over.has(id))), jobs: new Map(jobs) }
}

/** [RULE 94] What an earlier run took ahead and kept is gone on with; its grant is shown to the owner, which decides. */
function onKept(state: WorkerState, event: Extract<WorkerEvent, { type: 'kept' }>): WorkerStep {
  const { owner, token, ttlMs, hardMs, awayMs, encoded, nowMs } = event
  const stage = encoded ? 'delivering' : 'fetching'
  const liveMs = awayMs > 0 ? awayMs + ttlMs : 0
  const times = { ttlMs, sinceMs: nowMs, liveUntilMs: nowMs + liveMs, hardAtMs: nowMs + hardMs }
  const job: Job = { key: jobKey(token), owner, token, stage, pass: 0, frames: 0, ...times, ahead: true, paused: false }
  const away = awayMs > 0 ? new Map(state.away).set(token.projectId, { owner, untilMs: nowMs + awayMs }) : state.away
  const jobs = new Map(state.jobs).set(job.key, job)
  return { state: { ...state, away, jobs }, effects: encoded ? [] : [{ type: 'fetch', job }] }
}

/** [RULE 39] An owner that was away hears first of the grants that it may have forgotten, then of what is in hand; what is wanted comes after that. */
function onSession(state: WorkerState, owner: string): WorkerStep {
  // One that is still going away says so again.
  const back = withoutAway(state, (_, away) => away.owner === owner)
  const inHand = [...back.jobs.values()].filter((job) => job.owner === owner)
  return {
    state: {
      ...back,
      sessions: new Set(state.sessions).add(owner),
      nothing: forgetNothing(state, state.nothing, owner),
      ownerSays: forgetNothing(state, state.ownerSays, owner)
    },
    effects: [
      ...inHand.map((job): WorkerEffect => ({ type: 'present', job })),
      ...inHand.map((job): WorkerEffect => ({ type: job.stage === 'delivering' ? 'deliver' : 'renew', job }))
    ]
  }
}

/** What an owner says that may end without a change here. */
const PASSING: ReadonlySet<OwnerCode> = new Set<OwnerCode>([
  'not-shared',
  'owner-no-sandbox',
  'held-off',
  'not-ready',
  'queued'
])

/** Refused because of the encoder here: asking again changes nothing until owner or encoder changes. */
const isForGood = (says: OwnerCode | undefined): boolean => says != null && !PASSING.has(says)

function onNoWork(state: WorkerState, claimNo: number, says?: OwnerCode): WorkerStep {
  const claim = state.claims.get(claimNo)
  if (claim == null) return only(state)
  const { projectId, prefetch } = claim
  const isAll = !prefetch || says != null || state.nothing.get(projectId) === 'all'
  const nothing = new Map(state.nothing).set(projectId, isAll ? 'all' : 'prefetch')
  const ownerSays = without(state.ownerSays, projectId)
  return only({
    ...state,
    claims: without(state.claims, claimNo),
    nothing,
    ownerSays: says == null ? ownerSays : new Map(ownerSays).set(projectId, says)
  })
}

function onGranted(
  state: WorkerState,
  { owner, claimNo, token, ttlMs, hardMs, nowMs }: Extract<WorkerEvent, { type: 'granted' }>
): WorkerStep {
  const claim = state.claims.get(claimNo)
  const job: Job = {
    key: jobKey(token),
    owner,
    token,
    stage: 'fetching',
    pass: 0,
    frames: 0,
    ttlMs,
    sinceMs: nowMs,
    liveUntilMs: liveUntilMs(state, { token, ttlMs }),
    hardAtMs: nowMs + hardMs,
    ahead: state.away.get(token.projectId)?.owner === owner,
    paused: false
  }
  const claims = without(state.claims, claimNo)
  // [RULE 35] No encoder starts without a live grant for a claim of this run; any other grant is handed back, so that nobody waits for the scene.
  const isAskedFor = claim?.owner === owner && claim.projectId === token.projectId
  const isRoom = job.ahead ? mayWait(state) : waiting(state).length < roomToWait(state)
  if (!isAskedFor || !isRoom) {
    const reason = isAskedFor ? whyNotHere(state) : 'not asked for'
    return { state: { ...state, claims }, effects: [{ type: 'release', job, kind: 'left', reason }] }
  }
  // With each scene, the worker asks again for one to fetch ahead.
  const nothing = claim.prefetch ? state.nothing : without(state.nothing, token.projectId)
  const ownerSays = without(state.ownerSays, token.projectId)
  const jobs = new Map(state.jobs).set(job.key, job)
  return { state: { ...state, claims, nothing, ownerSays, jobs }, effects: [{ type: 'fetch', job }] }
}

/** [RULE 49] The worker gives up a claim without an answer, so that a silent owner does not keep slots from other owners. */
function withoutUnanswered(state: WorkerState): WorkerState {
  const silent = [...state.claims].filter(([, claim]) => claim.atMs + CLAIM_TIMEOUT_MS <= state.nowMs)
  // Silence does not withdraw what the owner said before.
  return silent.reduce(
    (next, [claimNo, { projectId }]) => onNoWork(next, claimNo, next.ownerSays.get(projectId)).state,
    state
  )
}

/** The worker asks a project without scenes again from time to time, so that a lost wake costs a minute and not the project. */
function askAgain(state: WorkerState): WorkerState {
  if (state.nowMs < state.askAgainAtMs) return state
  const nothing = new Map([...state.nothing].filter(([projectId]) => isForGood(state.ownerSays.get(projectId))))
  return { ...state, nothing, askAgainAtMs: state.nowMs + ASK_AGAIN_MS }
}

/** [RULE 48] A worker gives up a scene at the hard limit of its grant; it still delivers what it has encoded by then. */
function giveUp(state: WorkerState): WorkerStep {
  const over = [...state.jobs.values()].filter((job) => !job.paused && state.nowMs >= lastMs(job))
  const jobs = new Map([...state.jobs].filter(([, job]) => !over.includes(job)))
  return {
    state: { ...state, jobs },
    effects: over.flatMap((job): WorkerEffect[] => [
      { type: 'discard', job },
      // A scene whose turn never came says nothing about this worker.
      job.ahead && job.stage !== 'encoding'
        ? { type: 'release', job, kind: 'left', reason: 'the owner was away too long' }
        : { type: 'release', job, kind: 'failed', reason: 'took longer than the owner allows' }
    ])
  }
}

/** [RULE 94] What was encoded while the owner was away is kept for some days more. */
function lastMs({ stage, hardAtMs, ahead }: Job): number {
  if (stage !== 'delivering') return hardAtMs
  return ahead ? hardAtMs + LIMITS.aheadKeepMs : Infinity
}

/** Jobs that no longer fit are handed back before they start, the last first: others may have room for them. */
function handBack(state: WorkerState): WorkerStep {
  const over = [...waiting(state).slice(roomToWait(state)), ...stoppedForGood(state)]
  if (over.length === 0) return only(state)
  const reason = whyNotHere(state)
  return {
    state: { ...state, jobs: new Map([...state.jobs].filter(([, job]) => !over.includes(job))) },
    effects: over.flatMap((job): WorkerEffect[] => [
      { type: 'discard', job },
      { type: 'release', job, kind: 'left', reason }
    ])
  }
}

/** A node that leaves cannot finish what stands still. */
function stoppedForGood(state: WorkerState): Job[] {
  return state.draining ? [...state.jobs.values()].filter((job) => job.stage === 'encoding' && job.paused) : []
}

/** Those that were taken ahead need no room, and stay while anything is encoded here. */
function waiting(state: WorkerState): Job[] {
  const all = [...state.jobs.values()].filter((job) => job.stage === 'fetching' || job.stage === 'ready')
  return mayWait(state) ? all.filter((job) => !job.ahead) : all
}

/** Whether a scene may be held here that is not encoded yet. */
function mayWait(state: WorkerState): boolean {
  return !state.draining && !isResting(state) && state.slots > 0
}

/** Scenes that the worker may hold without encoding them. */
function roomToWait(state: WorkerState): number {
  if (!mayWait(state)) return 0
  return Math.max(0, state.slots + state.queue - count(state, 'encoding'))
}

function whyNotHere(state: WorkerState): string {
  if (state.draining) return 'leaving'
  return isResting(state) ? 'paused' : 'fewer slots'
}

/** [RULE 88] The time that an encoder stands still does not count towards the hard limit of its grant. */
function onFreeze(state: WorkerState, { on, nowMs }: Extract<WorkerEvent, { type: 'freeze' }>): WorkerState {
  if (on === (state.frozenAtMs !== undefined)) return state
  const stoodMs = nowMs - (state.frozenAtMs ?? nowMs)
  const change = (job: Job): Job => {
    if (on) return { ...job, paused: job.stage === 'encoding' }
    return job.paused ? { ...job, paused: false, hardAtMs: job.hardAtMs + stoodMs } : job
  }
  const jobs = new Map([...state.jobs].map(([key, job]) => [key, change(job)]))
  return { ...state, jobs, frozenAtMs: on ? nowMs : undefined }
}

/** A scene whose encoder had no memory says nothing about itself. With fewer beside it it is encoded again; where it was alone, it and all that has not begun of its project go back. */
function onStarved(state: WorkerState, { key, nowMs }: Extract<WorkerEvent, { type: 'starved' }>): WorkerStep {
  const job = state.jobs.get(key)
  if (job?.stage !== 'encoding') return only(state)
  const { projectId } = job.token
  const ran = count(state, 'encoding')
  const next = { ...state, ...withShortage(state, { projectId, ran, nowMs }) }
  if (ran > 1) return only(withJob(next, key, (one) => ({ ...one, stage: 'ready', pass: 0, frames: 0 })))
  const over = [...state.jobs.values()].filter((one) => one.token.projectId === projectId && one.stage !== 'delivering')
  return {
    state: {
      ...next,
      jobs: new Map([...state.jobs].filter(([, one]) => !over.includes(one))),
      candidates: state.candidates.filter((candidate) => candidate.projectId !== projectId)
    },
    effects: over.flatMap((one): WorkerEffect[] => [
      { type: 'discard', job: one },
      { type: 'release', job: one, kind: 'left', reason: 'too little memory' }
    ])
  }
}

/** A crash beside others is taken for a lack of memory, once for each scene: it costs one slot at most, and an encoder that always crashes on a scene fails it. */
function onCrashed(state: WorkerState, event: Extract<WorkerEvent, { type: 'crashed' }>): WorkerStep {
  const { key, nowMs, reason } = event
  const job = state.jobs.get(key)
  if (job?.stage !== 'encoding') return only(state)
  if (count(state, 'encoding') > 1 && job.crashed !== true)
    return onStarved(
      withJob(state, key, (one) => ({ ...one, crashed: true })),
      { type: 'starved', key, nowMs }
    )
  return drop(state, key, (one) => [{ type: 'release', job: one, kind: 'failed', reason }])
}

function endProject(state: WorkerState, projectId: string): WorkerStep {
  const over = [...state.jobs.values()].filter((job) => job.token.projectId === projectId)
  const jobs = new Map([...state.jobs].filter(([, job]) => !over.includes(job)))
  return {
    state: {
      ...state,
      jobs,
      candidates: state.candidates.filter((candidate) => candidate.projectId !== projectId),
      ownerSays: without(state.ownerSays, projectId)
    },
    effects: over.map((job) => ({ type: 'discard', job }))
  }
}

function drop(state: WorkerState, key: string, effects: (job: Job) => WorkerEffect[]): WorkerStep {
  const job = state.jobs.get(key)
  if (job == null) return only(state)
  return { state: { ...state, jobs: without(state.jobs, key) }, effects: [{ type: 'discard', job }, ...effects(job)] }
}

function ofCandidates<V>(said: ReadonlyMap<string, V>, candidates: readonly Candidate[]): ReadonlyMap<string, V> {
  if (said.size === 0) return said
  const known = new Set(candidates.map(({ projectId }) => projectId))
  return new Map([...said].filter(([projectId]) => known.has(projectId)))
}

/** A new session clears what its owner said; an entry of no candidate may be from that owner. */
function forgetNothing<V>(state: WorkerState, said: ReadonlyMap<string, V>, owner: string): ReadonlyMap<string, V> {
  const ofOthers = new Set(
    state.candidates.filter((candidate) => candidate.owner !== owner).map((candidate) => candidate.projectId)
  )
  return new Map([...said].filter(([projectId]) => ofOthers.has(projectId)))
}

function encodingOf(state: WorkerState, projectId: string): number {
  return [...state.jobs.values()].filter((job) => job.stage === 'encoding' && job.token.projectId === projectId).length
}

/** A project that is no longer a candidate continues with one scene at a time. */
function slotsMax(state: WorkerState, projectId: string): number {
  return state.candidates.find((candidate) => candidate.projectId === projectId)?.slotsMax ?? 1
}

function count(state: WorkerState, stage: JobStage): number {
  return [...state.jobs.values()].filter((job) => job.stage === stage).length
}

function withStage(state: WorkerState, key: string, stage: JobStage): WorkerState {
  return withJob(state, key, (job) => ({ ...job, stage }))
}

function withJob(state: WorkerState, key: string, change: (job: Job) => Job): WorkerState {
  const job = state.jobs.get(key)
  return job == null ? state : { ...state, jobs: new Map(state.jobs).set(key, change(job)) }
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map
  const copy = new Map(map)
  copy.delete(key)
  return copy
}

function only(state: WorkerState): WorkerStep {
  return { state, effects: [] }
}
