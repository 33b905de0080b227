import { withScene } from './owner-scenes.ts'
import { isWaiting, waitsForAnother } from './owner-waits.ts'
import type { OwnerEvent, OwnerScene, OwnerState, OwnerStep } from './owner-types.ts'
import { isAtPlace } from './waits.ts'

type EventOf<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>

/** [RULE 58] Trouble with the owner's own part does not end a project: the step is retried after pauses that double, sooner if a look at the place is enough, and at once on request. */
export function onTrouble(state: OwnerState, { step, code, reason, nowMs }: EventOf<'trouble'>): OwnerState {
  const { waitMs, waitPlaceMsMax, waitWorkMsMax } = state.timing
  const tries = state.trouble?.step === step ? state.trouble.tries + 1 : 1
  const pauseMs = Math.min(isAtPlace(code) ? waitPlaceMsMax : waitWorkMsMax, waitMs * 2 ** (tries - 1))
  return { ...state, trouble: { step, code, reason, tries, retryAtMs: nowMs + pauseMs } }
}

/** Somebody has fixed the cause: the step is retried, and scenes that are parked [RULE 36] or wait for another machine go to any worker that asks. */
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

/** Retries the step that waits; does nothing if none does. */
export function retryTrouble(state: OwnerState): OwnerStep {
  const { trouble } = state
  if (!isWaiting(trouble)) return { state, effects: [] }
  return { state: { ...state, trouble: { ...trouble, retryAtMs: 0 } }, effects: [{ type: trouble.step }] }
}

/** [RULE 57] A lost scene is encoded again and a lost piece cut again, even while the project joins; the receipt stands, so only the same bytes are valid. */
export function onLost(state: OwnerState, { scene: index, ready, like }: EventOf<'lost'>): OwnerState {
  const scene = state.scenes[index]
  if (scene == null) return state
  // Workers that failed it may try again: the scene itself is known to be good.
  const before: Partial<OwnerScene> = scene.accepted ? { accepted: false, failures: [], silent: [] } : {}
  // [RULE 74] The receipt says which maker can produce the same bytes.
  const notBeforeMs = ready ? 0 : Infinity
  const lost = withScene(state, index, { ...scene, ...before, notBeforeMs, like: like ?? scene.like })
  return { ...lost, phase: 'open', trouble: state.trouble?.step === 'join' ? undefined : state.trouble }
}

/** [RULE 36] Whether the failures count against the scene: enough of them, and on different machines or on the owner's own. */
export function isProvenBad(state: OwnerState, { failures }: Pick<OwnerScene, 'failures'>): boolean {
  const counted = failures.filter((failure) => failure.counts)
  if (counted.length < state.timing.attemptsMax) return false
  return provesFault(
    state,
    counted.map(({ worker }) => worker)
  )
}

/** A single machine that only fails may itself be broken; only failures of the owner's own machine count alone. */
export function provesFault(state: OwnerState, workers: readonly string[]): boolean {
  return workers.includes(state.making.self) || new Set(workers).size > 1
}
