import { goesOnAlone } from './ahead.ts'
import { mapLeased } from './owner-scenes.ts'
import type { Lease, OwnerEffect, OwnerEvent, OwnerState, OwnerStep, OwnerWorker } from './owner-types.ts'

type EventOf<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>

/** When a lease ends, if it is granted or renewed now. [RULE 92] While the owner is away, it counts from the end of that time. */
export function leaseTimes(
  state: OwnerState,
  worker: string,
  nowMs: number
): Pick<Lease, 'expiresAtMs' | 'stalledAtMs'> {
  const fromMs = isCovered(state, worker) ? Math.max(nowMs, state.away?.untilMs ?? nowMs) : nowMs
  return { expiresAtMs: fromMs + state.timing.leaseTtlMs, stalledAtMs: fromMs + state.timing.stallMs }
}

/** How many milliseconds longer a scene may take if it is granted now. */
export function awayLeftMs({ away }: OwnerState, nowMs: number): number {
  return away == null ? 0 : Math.max(0, Math.round(away.untilMs - nowMs))
}

/** [RULE 92] A connection that is lost while the owner is away, or soon after, says nothing about its worker. */
export function isExcused(state: OwnerState, worker: string, nowMs: number): boolean {
  return isCovered(state, worker) || nowMs < state.backUntilMs
}

/** The owner goes away: what its workers hold lasts until it is back, and they are told. */
export function onAway(state: OwnerState, { forMs, nowMs }: EventOf<'away'>): OwnerStep {
  const workers = new Map([...state.workers].map(([id, worker]) => [id, { ...worker, toldAway: false, full: false }]))
  const away: OwnerState = { ...state, workers, away: { untilMs: nowMs + forMs } }
  const long = mapLeased(away, (scene) => ({
    ...scene,
    leases: scene.leases.map((lease) => {
      const { expiresAtMs, stalledAtMs } = leaseTimes(away, lease.worker, nowMs)
      if (!isCovered(away, lease.worker)) return lease
      return { ...lease, expiresAtMs, stalledAtMs, hardAtMs: lease.hardAtMs + forMs }
    })
  }))
  return [...long.workers.keys()].reduce<OwnerStep>(
    (step, id) => {
      const told = tellAway(step.state, id, nowMs)
      return { state: told.state, effects: [...step.effects, ...told.effects] }
    },
    { state: long, effects: [] }
  )
}

/** Tells a worker once in each session that the owner goes away. */
export function tellAway(state: OwnerState, id: string, nowMs: number): OwnerStep {
  const worker = state.workers.get(id)
  const forMs = awayLeftMs(state, nowMs)
  if (forMs === 0 || worker?.connected !== true || worker.toldAway || !goesOnAlone(state, id, worker))
    return { state, effects: [] }
  return { state: withTold(state, id, worker, true), effects: [{ type: 'away', worker: id, forMs }] }
}

/**
 * [RULE 93] The owner is back: each lease counts as renewed now, whatever the clock says, and nobody takes over what its worker has not reported since.
 */
export function onBack(state: OwnerState, { awayMs, nowMs }: EventOf<'back'>): OwnerStep {
  const { leaseTtlMs, leaseGraceMs, stallMs } = state.timing
  const renewed = (lease: Lease): Lease => ({
    ...lease,
    expiresAtMs: nowMs + leaseTtlMs,
    stalledAtMs: nowMs + stallMs,
    hardAtMs: lease.hardAtMs + awayMs,
    heard: lease.worker === state.making.self && lease.heard
  })
  const short = mapLeased({ ...state, away: undefined, backUntilMs: nowMs + leaseTtlMs + leaseGraceMs }, (scene) => ({
    ...scene,
    leases: scene.leases.map(renewed)
  }))
  const told = [...state.workers].filter(([, worker]) => worker.toldAway)
  return {
    state: told.reduce((next, [id, worker]) => withTold(next, id, worker, false), short),
    effects: told
      .filter(([, worker]) => worker.connected)
      .map(([worker]): OwnerEffect => ({ type: 'away', worker, forMs: 0 }))
  }
}

/** The worker goes on with what it holds while the owner is away. */
function isCovered(state: OwnerState, worker: string): boolean {
  return state.away != null && goesOnAlone(state, worker, state.workers.get(worker))
}

function withTold(state: OwnerState, id: string, worker: OwnerWorker, toldAway: boolean): OwnerState {
  return { ...state, workers: new Map(state.workers).set(id, { ...worker, toldAway }) }
}
