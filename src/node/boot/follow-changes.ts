import { isFullyAccepted } from '../../swarm/protocol/index.ts'
import type { NodeChange } from '../../api/ports.ts'
import type { BlobStore, DiskGuard } from '../../storage/index.ts'
import type { LogBook, Logger } from '../../swarm/index.ts'
import type { NodeControl } from '../node-control.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Introductions } from '../peers/introductions.ts'
import { mannerValues } from '../../api/manners/index.ts'
import { canStandStill } from '../../platform/index.ts'
import type { CpuCap } from '../manners/cpu-cap.ts'
import type { MannersWatch } from '../manners/manners.ts'
import type { WorkerService } from '../worker/worker-service.ts'

export interface FollowChangesComponents {
  readonly guard: Pick<DiskGuard, 'state' | 'onChange'>
  readonly control: NodeControl
  readonly book: Pick<LogBook, 'views' | 'onRecord' | 'onBeat'>
  readonly owner: Pick<OwnerService, 'hold' | 'absence'>
  readonly worker: Pick<WorkerService, 'hold' | 'pause' | 'freeze' | 'setSlots' | 'onFewerSlots' | 'refresh' | 'brake'>
  readonly manners: Pick<MannersWatch, 'rest' | 'onChange' | 'look'>
  readonly cpuCap: Pick<CpuCap, 'set'>
  readonly blobs: Pick<BlobStore, 'limitCache'>
  readonly introductions: Pick<Introductions, 'now'>
  readonly log: Logger
}

/** Has both roles do what disk, user and logs say, now and at each change. */
export function followChanges(components: FollowChangesComponents): void {
  const { guard, control, book, owner, worker, manners, cpuCap, blobs, introductions, log } = components
  book.onRecord(() => worker.refresh())
  // What an owner lost of a project that its log has done only shows here.
  book.onBeat(({ projectId }) => {
    const view = book.views.get(projectId)
    if (view != null && view.end == null && isFullyAccepted(view)) worker.refresh()
  })
  guard.onChange((state) => {
    if (state === 'disk-full') log.warn({}, 'the disk is full: this node takes no new work until there is space')
    else log.info({}, 'there is space on the disk again')
    owner.hold(state === 'disk-full')
    worker.hold(state === 'disk-full')
    introductions.now()
  })
  worker.hold(guard.state === 'disk-full')
  owner.absence.onChange(() => introductions.now())
  const rest = (): void => {
    const isResting = manners.rest !== undefined
    worker.freeze(isResting && canStandStill())
    worker.pause(control.paused || control.draining || (isResting && !canStandStill()))
  }
  const obey = ({ slots }: NodeChange = {}): void => {
    worker.setSlots(control.slots, slots !== undefined)
    const { maxCpu, maxCache = Infinity } = mannerValues(control.manners)
    cpuCap.set(maxCpu)
    blobs.limitCache(maxCache).catch((error: unknown) => log.warn({ err: error }, 'could not remove unused blobs'))
    rest()
    introductions.now()
    worker.refresh()
  }
  manners.onChange(() => obey())
  worker.onFewerSlots(() => introductions.now())
  control.onChange((change) => {
    obey(change)
    manners.look().catch((error: unknown) => log.warn({ err: error }, 'could not look at this machine'))
  })
  obey()
}
