import type { HealthPort, Missing } from '../../api/ports.ts'
import type { DiskGuard } from '../../storage/index.ts'
import type { Metrics } from '../health/index.ts'
import type { NodeControl } from '../node-control.ts'

export interface HealthComponents {
  /** Whether own projects go on. */
  readonly isOpen: () => boolean
  readonly guard: Pick<DiskGuard, 'state'>
  readonly control: Pick<NodeControl, 'slots'>
  /** Builds of the encoders that are here. */
  readonly builds: () => readonly string[]
  readonly metrics: Pick<Metrics, 'text'>
}

/** How this node does, for those who watch machines. */
export function createHealth({ isOpen, guard, control, builds, metrics }: HealthComponents): HealthPort {
  return {
    missing: () => {
      const missing: Missing[] = []
      if (!isOpen()) missing.push('recovering')
      if (guard.state === 'disk-full') missing.push('disk-full')
      if (control.slots > 0 && builds().length === 0) missing.push('no-encoders')
      return missing
    },
    metrics: metrics.text
  }
}
