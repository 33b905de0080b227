import type { OwnerScene, OwnerState } from './owner-types.ts'

/** Neither accepted nor parked nor delivered: it can be, or is being, encoded. */
export function isOpen(scene: OwnerScene): boolean {
  return !scene.accepted && !scene.failed && scene.results.length === 0
}

/**
 * The scene that a worker gets: the longest that nobody has, so that none is left alone at the end.
 * A worker that failed often in a row gets nothing for a while; one that failed a scene gets it again only when every connected worker has failed it. Fetching ahead is for a crowd of scenes: near the end each waits for a free slot.
 */
export function chooseScene(state: OwnerState, worker: string, prefetch: boolean, nowMs: number): number | undefined {
  if ((state.workers.get(worker)?.pausedUntilMs ?? 0) > nowMs) return undefined
  const connected = [...state.workers].filter(([, other]) => other.connected).map(([id]) => id)
  const free = state.scenes
    .map((scene, index) => ({ scene, index }))
    .filter(({ scene }) => isOpen(scene) && scene.leases.length === 0 && scene.notBeforeMs <= nowMs)
    .filter(({ scene }) => !hasFailed(scene, worker) || connected.every((id) => hasFailed(scene, id)))
  if (prefetch && free.length <= 2 * connected.length) return undefined
  let best = free[0]
  for (const candidate of free) if (best != null && candidate.scene.frames > best.scene.frames) best = candidate
  return best?.index
}

/** How long a scene of so many frames should take by what was measured in this project. */
export function expectedMs(state: OwnerState, frames: number): number {
  const { measured, timing } = state
  return frames * (measured.frames > 0 ? measured.encodeMs / measured.frames : timing.unknownMsPerFrame)
}

function hasFailed(scene: OwnerScene, worker: string): boolean {
  return scene.failures.some((failure) => failure.worker === worker)
}
