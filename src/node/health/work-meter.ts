import type { LogChange } from '../../swarm/index.ts'
import type { OwnerEffect, OwnerEvent, OwnerState } from '../../swarm/protocol/index.ts'

/** What happened since this node was started. */
export interface WorkMeter {
  /** A record came in or was written. */
  record: (change: Pick<LogChange, 'view' | 'record'>) => void
  /** The owner's rules made a step. */
  step: (before: OwnerState, after: OwnerState, event: OwnerEvent, effects: readonly OwnerEffect[]) => void
  readonly totals: () => WorkTotals
}

export interface WorkTotals {
  /** Of scenes that this node encoded and whose owner accepted them. */
  readonly framesEncoded: number
  /** Of scenes that were accepted for this node's own projects. */
  readonly framesAccepted: number
  readonly leasesGranted: number
  readonly leasesExpired: number
  readonly resultsRefused: number
}

export function createWorkMeter(self: string): WorkMeter {
  let framesEncoded = 0
  let framesAccepted = 0
  let leasesGranted = 0
  let leasesExpired = 0
  let resultsRefused = 0
  return {
    record: ({ view, record: { body } }) => {
      if (body.type !== 'accept') return
      const frames = view.scenes[body.accept.scene]?.plan.frames ?? 0
      if (body.accept.worker === self) framesEncoded += frames
      if (view.owner === self) framesAccepted += frames
    },
    step: (before, after, event, effects) => {
      for (const effect of effects) if (effect.type === 'grant') leasesGranted += 1
      if (event.type === 'verified' && !event.ok && event.blamed) resultsRefused += 1
      if (event.type === 'tick') leasesExpired += Math.max(0, leases(before) - leases(after))
    },
    totals: () => ({ framesEncoded, framesAccepted, leasesGranted, leasesExpired, resultsRefused })
  }
}

/** Time alone ends a lease by letting it run out. */
function leases({ leased, scenes }: OwnerState): number {
  let count = 0
  for (const scene of leased) count += scenes[scene]?.leases.length ?? 0
  return count
}
