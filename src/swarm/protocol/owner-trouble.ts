import { withScene } from './owner-scenes.ts'
import { isWaiting, waitsForAnother } from './owner-waits.ts'
import type { OwnerEvent, OwnerScene, OwnerState, OwnerStep } from './owner-types.ts'
import { isAtPlace } from './waits.ts'

type EventOf<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>

/** [RULE 58] Trouble that is not the scenes' ends no project: the step is tried again by itself, with pauses that double, sooner where a look at the place tells, and at once when somebody says so. */
export function onTrouble(state: OwnerState, { step, code, reason, nowMs }: EventOf<'trouble'>): OwnerState {
  const { waitMs, waitPlaceMsMax, waitWorkMsMax } = state.timing
  const tries = state.trouble?.step === step ? state.trouble.tries + 1 : 1
  const pauseMs = Math.min(isAtPlace(code) ? waitPlaceMsMax : waitWorkMsMax, waitMs * 2 ** (tries - 1))
  return { ...state, trouble: { step, code, reason, tries, retryAtMs: nowMs + pauseMs } }
}

/** Somebody has mended the cause: the step is tried again, and scenes that are parked [RULE 36] or wait for another machine go to any worker that asks. */
export function onRetry(state: OwnerState): OwnerStep {
  const workers = new Map([...state.workers].map(([id, worker]) => [id, { ...worker, failures: 0, pausedUntilMs: 0 }]))
  let next: OwnerState = { ...state, workers }
  for (const [index, scene] of state.scenes.entries())
    if (scene.failed || waitsForAnother(state, scene))
      next = withScene(next, index, {
        ...scene,
        failed: false,
        failures: [],
        silent: [],
        // Infinity: its piece is missing.
        notBeforeMs: scene.notBeforeMs === Infinity ? Infinity : 0
      })
  return retryTrouble(next)
}

/** Tries again what has to wait; nothing when nothing does. */
export function retryTrouble(state: OwnerState): OwnerStep {
  const { trouble } = state
  if (!isWaiting(trouble)) return { state, effects: [] }
  return { state: { ...state, trouble: { ...trouble, retryAtMs: 0 } }, effects: [{ type: trouble.step }] }
}

/** [RULE 57] What was encoded or cut and is no longer here is made again, also while the project joins; the receipt stands, so only the same bytes will do. */
export function onLost(state: OwnerState, { scene: index, ready, like }: EventOf<'lost'>): OwnerState {
  const scene = state.scenes[index]
  if (scene == null) return state
  // Those that failed it may try again: the scene itself is known to be good.
  const before: Partial<OwnerScene> = scene.accepted ? { accepted: false, failures: [], silent: [] } : {}
  // [RULE 74] A receipt that stands says who can make the same bytes.
  const notBeforeMs = ready ? 0 : Infinity
  const lost = withScene(state, index, { ...scene, ...before, notBeforeMs, like: like ?? scene.like })
  return { ...lost, phase: 'open', trouble: state.trouble?.step === 'join' ? undefined : state.trouble }
}

/** [RULE 36] Whether failures speak against the scene: enough of them, and on different machines or on the owner's own. */
export function isProvenBad(state: OwnerState, { failures }: Pick<OwnerScene, 'failures'>): boolean {
  const counted = failures.filter((failure) => failure.counts)
  if (counted.length < state.timing.attemptsMax) return false
  return provesFault(
    state,
    counted.map(({ worker }) => worker)
  )
}

/** A single machine that only fails may be the broken one; only the owner's own failures count alone. */
export function provesFault(state: OwnerState, workers: readonly string[]): boolean {
  return workers.includes(state.making.self) || new Set(workers).size > 1
}
