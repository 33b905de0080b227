import type { AttemptsOf, KnownAttempt, ProjectSnapshot } from './ports.ts'
import {
  SCENE_STATES,
  type FilmColumns,
  type SceneAttempt,
  type SceneChange,
  type SceneState,
  type SceneStatus
} from './schemas/index.ts'
import type { LiveLease, SceneView } from '../swarm/protocol/index.ts'

/** Everything that is known of one scene, put together. */
interface SceneParts {
  readonly scene: SceneView
  readonly state: SceneState
  /** Of the attempts that run, the furthest. */
  readonly lease: LiveLease | undefined
  readonly attempts: readonly KnownAttempt[]
}

/** Reads scenes of one project as it is now. */
export interface SceneReader {
  readonly count: number
  state: (scene: number) => SceneState
  status: (scene: number) => SceneStatus
  change: (scene: number) => SceneChange
  /** What is known of each attempt, the oldest first, the accepted one always. */
  history: (scene: number) => SceneAttempt[]
}

export function createSceneReader(
  snapshot: Pick<ProjectSnapshot, 'view' | 'beat' | 'work'>,
  attemptsOf: AttemptsOf
): SceneReader {
  const { view, beat, work } = snapshot
  const leases = furthestLeases(snapshot)
  // Only a beat that knows all of the log can say that the file of an accepted scene was lost.
  const knowsLosses = view.end == null && beat != null && beat.epoch >= view.head.epoch && beat.seq >= view.head.seq

  function stateOf({ plan, accepted }: SceneView, lease: LiveLease | undefined): SceneState {
    const told = beat?.sceneStates[plan.index]
    if (accepted != null && !(knowsLosses && told != null && told !== 'accepted')) return 'done'
    if (told === 'failed') return 'failed'
    if (view.end != null) return 'waiting'
    // Accepted, and the receipt is on its way into the log.
    if (told === 'verifying' || told === 'accepted') return 'verifying'
    if (lease == null) return told === 'leased' ? 'leased' : 'waiting'
    if (lease.pass >= 2 && work.passes === 2) return 'pass-2'
    return lease.pass === 1 && lease.frames > 0 ? 'pass-1' : 'leased'
  }

  function partsOf(index: number): SceneParts {
    const scene = view.scenes[index]
    if (scene == null) throw new RangeError(`there is no scene ${index}`)
    const lease = leases.get(index)
    return { scene, lease, state: stateOf(scene, lease), attempts: attemptsOf(index) }
  }

  return {
    count: view.scenes.length,
    state: (index) => partsOf(index).state,
    status: (index) => sceneStatusOf(partsOf(index), snapshot),
    change: (index) => sceneChangeOf(partsOf(index)),
    history: (index) => sceneHistoryOf(partsOf(index), snapshot)
  }
}

function furthestLeases({ view, beat }: Pick<ProjectSnapshot, 'view' | 'beat'>): ReadonlyMap<number, LiveLease> {
  const furthest = new Map<number, LiveLease>()
  if (view.end != null) return furthest
  for (const lease of beat?.leases ?? []) {
    const known = furthest.get(lease.scene)
    const isFurther = known == null || lease.pass > known.pass
    if (isFurther || (lease.pass === known.pass && lease.frames > known.frames)) furthest.set(lease.scene, lease)
  }
  return furthest
}

function sceneChangeOf(parts: SceneParts): SceneChange {
  const { scene, state, attempts } = parts
  const done = state === 'done' ? scene.accepted : undefined
  const accepted = done == null ? undefined : acceptedOf(parts)
  return {
    scene: scene.plan.index,
    frames: scene.plan.frames,
    state: SCENE_STATES.indexOf(state),
    framesDone: passFrames(parts),
    bytes: done?.result.bytes ?? 0,
    encodeMs: done?.encodeMs ?? 0,
    attempts: Math.max(attempts.length, scene.accepted == null && parts.lease == null ? 0 : 1),
    psnr: accepted?.psnr ?? null,
    psnrMean: accepted?.psnrMean ?? null,
    xpsnr: accepted?.xpsnr ?? null,
    worker: workerOf(parts)
  }
}

function sceneStatusOf(parts: SceneParts, { view }: Pick<ProjectSnapshot, 'view'>): SceneStatus {
  const { plan, accepted } = parts.scene
  const done = parts.state === 'done' ? accepted : undefined
  const { state: _place, encodeMs: _ms, ...change } = sceneChangeOf(parts)
  const seconds = (plan.frames * view.announce.fpsDen) / view.announce.fpsNum
  return {
    ...change,
    start: plan.start,
    state: parts.state,
    encoderParams: plan.encoderParams,
    quantiser: done?.quantiser ?? null,
    kbps: done == null || seconds <= 0 ? null : (done.result.bytes * 8) / seconds / 1000,
    encodeSeconds: done == null ? null : done.encodeMs / 1000,
    sha256: done?.result.sha256 ?? null,
    provedBy: done?.provedBy ?? null
  }
}

/** Of the running pass: what a viewer of one scene watches. */
function passFrames({ scene, state, lease }: SceneParts): number {
  const { frames } = scene.plan
  if (state === 'done' || state === 'verifying') return frames
  return state === 'pass-1' || state === 'pass-2' ? Math.min(frames, lease?.frames ?? 0) : 0
}

function workerOf({ scene, state, lease, attempts }: SceneParts): string | null {
  switch (state) {
    case 'done':
      return scene.accepted?.worker ?? null
    case 'waiting':
    case 'failed':
      return null
    case 'verifying':
      return attempts.find((attempt) => attempt.verdict === 'verifying')?.worker ?? null
    case 'leased':
    case 'pass-1':
    case 'pass-2':
      return lease?.worker ?? null
    default:
      return state satisfies never
  }
}

/** Of a scene that was lost and encoded again there is more than one. */
function acceptedOf({ attempts }: SceneParts): KnownAttempt | undefined {
  return attempts.findLast((attempt) => attempt.verdict === 'accepted')
}

function sceneHistoryOf(parts: SceneParts, { view }: Pick<ProjectSnapshot, 'view'>): SceneAttempt[] {
  // Of an attempt that gave no receipt nobody else knows what it was made with, where it may be another.
  const encoderBuild = view.announce.builds === 'same' ? view.announce.encoderBuild : ''
  const known = parts.attempts.map(
    ({ epoch, attempt, worker, startedAtMs, endedAtMs, encodeMs, bytes, verdict, reason }): SceneAttempt => ({
      epoch,
      attempt,
      worker,
      encoderBuild,
      startedAtMs,
      endedAtMs,
      encodeSeconds: encodeMs == null ? null : encodeMs / 1000,
      bytes,
      verdict,
      reason
    })
  )
  const { accepted } = parts.scene
  const { index } = parts.scene.plan
  if (accepted == null) return withoutWithdrawn(known, index, view, undefined)
  const receipt = {
    encoderBuild: accepted.maker?.build ?? view.announce.encoderBuild,
    encodeSeconds: accepted.encodeMs / 1000,
    bytes: accepted.result.bytes,
    verdict: 'accepted',
    reason: ''
  } as const
  const { worker, epoch, attempt } = accepted
  const isIt = (one: SceneAttempt): boolean => one.attempt === attempt && one.worker === worker
  const others = withoutWithdrawn(known, index, view, isIt)
  if (known.some(isIt)) return others.map((one) => (isIt(one) ? { ...one, ...receipt } : one))
  return [...others, { epoch, attempt, worker, startedAtMs: null, endedAtMs: null, ...receipt }]
}

/** Of those that were accepted only the receipt in the log counts; others of a worker that was caught, or that only such a worker proved, were taken back. */
function withoutWithdrawn(
  known: readonly SceneAttempt[],
  index: number,
  { withdrawn }: ProjectSnapshot['view'],
  isReceipt: ((one: SceneAttempt) => boolean) | undefined
): SceneAttempt[] {
  return known.map((one) => {
    const own = withdrawn.find(({ worker }) => worker === one.worker)
    const by = own ?? withdrawn.find(({ scenes }) => scenes.includes(index))
    if (one.verdict !== 'accepted' || by == null || isReceipt?.(one) === true) return one
    const whose = own == null ? 'a result of the worker that proved it' : 'another result of this worker'
    return { ...one, verdict: 'withdrawn', reason: `${whose} was wrong: ${by.reason}` }
  })
}

/** All scenes of a project in columns. */
export function filmColumnsOf(
  snapshot: Pick<ProjectSnapshot, 'view' | 'beat' | 'work'>,
  attemptsOf: AttemptsOf
): FilmColumns {
  const reader = createSceneReader(snapshot, attemptsOf)
  const places = new Map<string, number>()
  const film: FilmColumns = {
    projectId: snapshot.view.projectId,
    frames: [],
    state: [],
    framesDone: [],
    bytes: [],
    encodeMs: [],
    attempts: [],
    psnr: [],
    psnrMean: [],
    xpsnr: [],
    worker: [],
    workers: []
  }

  function placeOf(worker: string | null): number {
    if (worker == null) return -1
    const known = places.get(worker)
    if (known != null) return known
    places.set(worker, film.workers.length)
    return film.workers.push(worker) - 1
  }

  for (let index = 0; index < reader.count; index += 1) {
    const scene = reader.change(index)
    film.frames.push(scene.frames)
    film.state.push(scene.state)
    film.framesDone.push(scene.framesDone)
    film.bytes.push(scene.bytes)
    film.encodeMs.push(scene.encodeMs)
    film.attempts.push(scene.attempts)
    film.psnr.push(scene.psnr)
    film.psnrMean.push(scene.psnrMean)
    film.xpsnr.push(scene.xpsnr)
    film.worker.push(placeOf(scene.worker))
  }
  return film
}
