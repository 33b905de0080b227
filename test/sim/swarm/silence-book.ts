import {
  isAlike,
  type Lease,
  type OwnerEvent,
  type OwnerState,
  type OwnerStep
} from '../../../src/swarm/protocol/index.ts'

/** [S17] Whoever was given a scene and was not heard of until the lease ran out is not given it again while another trusted worker could take it. A record of its own, beside that of the rules. */
export class SilenceBook {
  /** By run of an owner, project and scene: workers. */
  readonly #silent = new Map<string, Set<string>>()

  /** @param owner with its run. @returns what is wrong, in words; undefined when nothing is */
  after(owner: string, before: OwnerState, event: OwnerEvent, { state, effects }: OwnerStep): string | undefined {
    const keyOf = (scene: number): string => `${owner} ${before.projectId} ${scene}`
    if (event.type === 'retry') for (const index of before.scenes.keys()) this.#silent.delete(keyOf(index))
    if (event.type === 'lost') this.#silent.delete(keyOf(event.scene))
    if (event.type === 'tick')
      for (const index of before.leased)
        for (const lease of before.scenes[index]?.leases ?? []) {
          const isOver = state.scenes[index]?.leases.every(({ attempt }) => attempt !== lease.attempt) === true
          if (isOver && isUnheard(before, lease, event.nowMs))
            this.#silent.set(keyOf(index), (this.#silent.get(keyOf(index)) ?? new Set()).add(lease.worker))
        }
    for (const effect of effects) {
      if (effect.type !== 'grant') continue
      const { scene } = effect.token
      const silent = this.#silent.get(keyOf(scene))
      if (silent?.has(effect.worker) !== true) continue
      const other = [...before.workers.keys()].find((id) => !silent.has(id) && couldTake(before, scene, id))
      if (other != null)
        return `gives scene ${scene} to ${effect.worker} again, which was silent, and ${other} is there`
    }
    return undefined
  }
}

/** It ran out just as it was granted, and its worker was there all the time. */
function isUnheard({ timing, workers }: OwnerState, lease: Lease, nowMs: number): boolean {
  const { connected, connectedAtMs } = workers.get(lease.worker) ?? { connected: false, connectedAtMs: Infinity }
  const isUntouched = lease.expiresAtMs === lease.grantedAtMs + timing.leaseTtlMs
  return connected && connectedAtMs <= lease.grantedAtMs && isUntouched && lease.expiresAtMs <= nowMs
}

function couldTake({ making, scenes, workers }: OwnerState, index: number, id: string): boolean {
  const worker = workers.get(id)
  const scene = scenes[index]
  if (worker == null || scene == null || !worker.connected || worker.refused != null) return false
  const isFit = scene.like == null || worker.maker == null || isAlike(making, scene.like, worker.maker)
  return worker.standing === 'trusted' && isFit && !scene.failures.some((failure) => failure.worker === id)
}
