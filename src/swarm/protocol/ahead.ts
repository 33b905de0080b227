import { LIMITS } from './limits.ts'
import {
  expectedMs,
  heldLeases,
  mayGetAny,
  mayMake,
  mayTry,
  remainingMs,
  type Asking,
  type Choice
} from './scheduler.ts'
import type { OwnerState, OwnerWorker } from './owner-types.ts'

/** What a worker holds of a project while its owner prepares to go away. */
export interface AheadShare {
  readonly worker: string
  /** Scenes that it holds. */
  readonly scenes: number
  /** Of these, the ones whose piece is on its disk. */
  readonly fetched: number
  /** It has asked for all that it gets, and has the piece of each. */
  readonly ready: boolean
}

/** A worker that may encode while the owner is away. */
interface Helper {
  readonly id: string
  readonly slots: number
  readonly msPerFrame: number
  /** Until it has done what it holds. */
  loadMs: number
  scenes: number
}

/** [RULE 90] Only a worker that the owner knows goes on without it, and never the owner's own. */
export function goesOnAlone(state: OwnerState, id: string, worker: OwnerWorker | undefined): boolean {
  return worker != null && worker.known && worker.standing === 'trusted' && worker.slots > 0 && id !== state.making.self
}

/** [RULE 91] While the owner prepares to go away, a worker gets the longest scene that the plan gives to it. */
export function chooseAhead(state: OwnerState, asking: Asking, nowMs: number): Choice | undefined {
  if (state.away == null || !mayGetAny(state, asking, nowMs)) return undefined
  const scene = planAhead(state, state.away.untilMs - nowMs, nowMs, asking.worker)
  return scene == null ? undefined : { scene, kind: 'open' }
}

/** What each worker holds that goes on while the owner is away. */
export function sharesAhead(state: OwnerState): AheadShare[] {
  return [...state.workers]
    .filter(([id, worker]) => worker.connected && worker.toldAway && goesOnAlone(state, id, worker))
    .map(([id, worker]) => {
      const held = [...heldLeases(state)].filter(({ lease }) => lease.worker === id)
      const fetched = held.filter(({ lease }) => lease.fetched).length
      return { worker: id, scenes: held.length, fetched, ready: worker.full && fetched === held.length }
    })
}

/**
 * Gives each scene, the longest first, to the worker that should have done it first, if that is before the owner is back.
 * @returns the first scene that the asking worker gets
 */
function planAhead(state: OwnerState, awayMs: number, nowMs: number, asking: string): number | undefined {
  const helpers = helpersOf(state, nowMs)
  for (const index of state.queue) {
    const scene = state.scenes[index]
    if (scene == null || scene.notBeforeMs > nowMs) continue
    let best: Helper | undefined
    let bestMs = awayMs
    for (const helper of helpers) {
      const ownMs = scene.frames * helper.msPerFrame
      const doneMs = helper.loadMs + ownMs / helper.slots
      // One scene does not run on several slots.
      if (helper.scenes >= LIMITS.aheadMax || ownMs > awayMs || doneMs > bestMs) continue
      const { maker } = state.workers.get(helper.id) ?? {}
      if (maker == null || !mayMake(state, scene, maker) || !mayTry(state, scene, helper.id, nowMs)) continue
      best = helper
      bestMs = doneMs
    }
    if (best?.id === asking) return index
    if (best == null) continue
    best.loadMs = bestMs
    best.scenes += 1
  }
  return undefined
}

function helpersOf(state: OwnerState, nowMs: number): Helper[] {
  const helpers = [...state.workers].flatMap(([id, worker]): Helper[] => {
    const { connected, refused, pausedUntilMs, slots, elsewhereMs } = worker
    if (!connected || refused != null || pausedUntilMs > nowMs || !goesOnAlone(state, id, worker)) return []
    return [{ id, slots, msPerFrame: expectedMs(state, 1, id), loadMs: elsewhereMs / slots, scenes: 0 }]
  })
  for (const { scene, lease } of heldLeases(state)) {
    const helper = helpers.find(({ id }) => id === lease.worker)
    if (helper == null) continue
    helper.loadMs += aheadMs(state, scene, lease, nowMs) / helper.slots
    helper.scenes += 1
  }
  return helpers
}

/** Milliseconds in one slot that a worker still needs for what it holds of the project. */
export function heldMs(state: OwnerState, worker: string, nowMs: number): number {
  let sum = 0
  for (const { scene, lease } of heldLeases(state))
    if (lease.worker === worker) sum += aheadMs(state, scene, lease, nowMs)
  return sum
}

/** Finite also where nothing was measured. */
function aheadMs(
  state: OwnerState,
  scene: Parameters<typeof remainingMs>[1],
  lease: Parameters<typeof remainingMs>[2],
  nowMs: number
): number {
  if (lease.pass === 0) return expectedMs(state, scene.frames, lease.worker)
  return Math.min(remainingMs(state, scene, lease, nowMs), expectedMs(state, scene.frames, lease.worker))
}
