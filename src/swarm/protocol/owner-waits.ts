import { isAlike, ownerAsMaker } from './builds.ts'
import { connectedWorkers, mightMake } from './scheduler.ts'
import type { OwnerScene, OwnerState, Trouble } from './owner-types.ts'
import type { Waits } from './waits.ts'

/** Why the project does not progress, with the sentence for people on the owner. */
export interface OwnWait extends Waits {
  readonly reason: string
}

export function isWaiting(trouble: Trouble | undefined): trouble is Trouble {
  return trouble != null && trouble.retryAtMs > 0
}

/** Why the project does not progress; undefined while it does. */
export function waitOf(state: OwnerState): OwnWait | undefined {
  const { trouble } = state
  if (state.phase === 'ended') return undefined
  if (isWaiting(trouble)) return { code: trouble.code, detail: '', reason: trouble.reason }
  if (!state.planned) return undefined
  const forMaker: OwnerScene[] = []
  const forAnother: OwnerScene[] = []
  for (const scene of state.scenes) {
    if (scene.accepted || scene.failed) continue
    if (waitsForMaker(state, scene)) forMaker.push(scene)
    else if (waitsForAnother(state, scene)) forAnother.push(scene)
    // Most projects end here, at their first open scene.
    else return undefined
  }
  const waits = [...anotherMachine(forAnother), ...absentMaker(forMaker)]
  const [first] = waits
  return first == null ? undefined : { ...first, reason: waits.map(({ reason }) => reason).join('; ') }
}

/** Whether trying again can change anything: what only an absent machine can make has to wait for that machine. */
export function canRetry(state: OwnerState): boolean {
  if (state.phase === 'open' && state.failedScenes > 0) return true
  const wait = waitOf(state)
  return wait !== undefined && wait.code !== 'other-maker'
}

/** Another machine has to try: the one that failed so often need not try for ever. */
export function waitsForAnother(state: OwnerState, scene: OwnerScene): boolean {
  return isUntaken(scene) && scene.failures.filter((failure) => failure.counts).length >= state.timing.attemptsMax
}

/** [RULE 74] It must have certain bytes, and no connected worker produces them. */
export function waitsForMaker(state: OwnerState, scene: OwnerScene): boolean {
  const { making } = state
  if (scene.like == null || !isUntaken(scene)) return false
  const connected = connectedWorkers(state)
  // If nobody is connected at all, the owner's own bytes are as good as any.
  if (connected.length === 0 && isAlike(making, scene.like, ownerAsMaker(making))) return false
  return !connected.some((worker) => mightMake(state, scene, worker))
}

/** No worker has it, and its piece is here. */
function isUntaken({ accepted, failed, leases, results, notBeforeMs }: OwnerScene): boolean {
  return !accepted && !failed && leases.length + results.length === 0 && notBeforeMs !== Infinity
}

function anotherMachine(scenes: readonly OwnerScene[]): OwnWait[] {
  if (scenes.length === 0) return []
  const detail = scenes.at(-1)?.failures.at(-1)?.reason ?? ''
  const wait = scenes.length === 1 ? 'waits' : 'wait'
  return [
    {
      code: 'other-machine',
      detail,
      reason: `${count(scenes)} failed on the only machine that tried, and ${wait} for another machine: ${detail}`
    }
  ]
}

function absentMaker(scenes: readonly OwnerScene[]): OwnWait[] {
  const builds = [...new Set(scenes.map(({ like }) => like?.build ?? ''))]
  if (scenes.length === 0) return []
  const detail = builds.join(', ')
  return [
    {
      code: 'other-maker',
      detail,
      reason: `${count(scenes)} can only be encoded by a machine that produces the same bytes as before (${detail}), and none is connected; start it again`
    }
  ]
}

function count({ length }: readonly OwnerScene[]): string {
  return length === 1 ? '1 scene' : `${length} scenes`
}
