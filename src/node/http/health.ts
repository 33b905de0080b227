import type { HealthPort, Missing } from '../../api/ports.ts'
import type { DiskGuard } from '../../storage/index.ts'
import type { Metrics } from '../health/index.ts'
import type { EncoderShelf } from '../encoders/encoder-shelf.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { NodeControl } from '../node-control.ts'

export interface HealthComponents {
  readonly owner: Pick<OwnerService, 'isOpen'>
  readonly guard: Pick<DiskGuard, 'state'>
  readonly control: Pick<NodeControl, 'slots'>
  readonly encoders: Pick<EncoderShelf, 'builds'>
  readonly metrics: Pick<Metrics, 'text'>
}

/** How this node does, for those who watch machines. */
export function createHealth({ owner, guard, control, encoders, metrics }: HealthComponents): HealthPort {
  return {
    missing: () => {
      const missing: Missing[] = []
      if (!owner.isOpen) missing.push('recovering')
      if (guard.state === 'disk-full') missing.push('disk-full')
      if (control.slots > 0 && encoders.builds().length === 0) missing.push('no-encoders')
      return missing
    },
    metrics: metrics.text
  }
}
