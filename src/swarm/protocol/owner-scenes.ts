import type { OwnerScene, OwnerState } from './owner-types.ts'

/** Neither accepted nor parked nor delivered: it can be encoded, or is being encoded. */
export function isOpen(scene: OwnerScene): boolean {
  return !scene.accepted && !scene.failed && scene.results.length === 0
}

/** No worker has it and its piece is here; it may have to wait until a pause ends. */
function isQueued(scene: OwnerScene): boolean {
  return isOpen(scene) && scene.leases.length === 0 && scene.notBeforeMs !== Infinity
}

function isPaused(scene: OwnerScene): boolean {
  return isQueued(scene) && scene.notBeforeMs > 0
}

export function addScene(state: OwnerState, scene: OwnerScene): OwnerState {
  const empty: OwnerScene = { ...scene, accepted: false, failed: false, leases: [], results: [], notBeforeMs: Infinity }
  return withScene({ ...state, scenes: [...state.scenes, empty] }, state.scenes.length, scene)
}

/** The one place where a scene changes: keeps the queue, the leased ones and the counts in step with it. */
export function withScene(state: OwnerState, index: number, scene: OwnerScene): OwnerState {
  const before = state.scenes[index]
  if (before == null) return state
  const next = { ...state, scenes: state.scenes.with(index, scene) }
  const queuedBefore = isQueued(before)
  const queued = isQueued(scene)
  const paused = isPaused(scene)
  const leased = scene.leases.length > 0
  return {
    ...next,
    ...(queued === queuedBefore
      ? {}
      : {
          queue: queued ? enqueue(next, index) : state.queue.filter((other) => other !== index),
          queuedFrames: state.queuedFrames + (queued ? scene.frames : -scene.frames)
        }),
    paused: paused === isPaused(before) ? state.paused : withMember(state.paused, index, paused),
    leased: leased === before.leases.length > 0 ? state.leased : withMember(state.leased, index, leased),
    acceptedScenes: state.acceptedScenes + Number(scene.accepted) - Number(before.accepted),
    failedScenes: state.failedScenes + Number(scene.failed) - Number(before.failed)
  }
}

/** Changes every scene that has leases, and only those. */
export function mapLeased(state: OwnerState, change: (scene: OwnerScene, index: number) => OwnerScene): OwnerState {
  let next = state
  for (const index of state.leased) {
    const scene = next.scenes[index]
    if (scene == null) continue
    const changed = change(scene, index)
    if (changed !== scene) next = withScene(next, index, changed)
  }
  return next
}

/** The first place in the queue whose scene has at most this many frames. */
export function firstNotLonger(state: OwnerState, frames: number): number {
  return lowerBound(state, (other) => framesOf(state, other) <= frames)
}

function enqueue(state: OwnerState, index: number): readonly number[] {
  const frames = framesOf(state, index)
  const at = lowerBound(
    state,
    (other) => framesOf(state, other) < frames || (framesOf(state, other) === frames && other > index)
  )
  return state.queue.toSpliced(at, 0, index)
}

function lowerBound({ queue }: OwnerState, isBehind: (scene: number) => boolean): number {
  let low = 0
  let high = queue.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBehind(queue[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

function framesOf(state: OwnerState, index: number): number {
  return state.scenes[index]?.frames ?? 0
}

function withMember(set: ReadonlySet<number>, member: number, isIn: boolean): ReadonlySet<number> {
  const copy = new Set(set)
  if (isIn) copy.add(member)
  else copy.delete(member)
  return copy
}
