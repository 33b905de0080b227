import { recover } from '../owner/recovery.ts'
import { roomLog } from '../log/rooms.ts'
import type { Config } from '../config/types.ts'
import type { OwnBlobs } from '../disk/own-blobs.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Reign } from '../owner/reign.ts'
import type { Uploads } from '../uploads/uploads.ts'
import type { JoinedSwarm } from './join-swarm.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'

export interface GoOnComponents {
  readonly opened: OpenNode
  readonly swarm: JoinedSwarm
  readonly owner: OwnerService
  readonly reign: Reign
  readonly ownBlobs: OwnBlobs
  readonly uploads: Uploads
  readonly shutdown: Shutdown
}

/** Asks the swarm for what it knows of own projects, goes on with them, and removes what nothing needs then. Never throws: what fails is logged. */
export async function goOn(components: GoOnComponents, { bootstrap }: Pick<Config, 'bootstrap'>): Promise<void> {
  const { opened, swarm, owner, reign, ownBlobs, uploads, shutdown } = components
  const { signer, guard, blobs, leaving } = opened
  const log = roomLog(opened.log, 'owner')
  const { node, book, sync, gossip, dialLoop } = swarm
  try {
    const epoch = await recover(
      { node, book, sync, gossip, signer, owner, dialLoop, guard, log },
      {
        nextEpoch: reign.next,
        expectsNeighbours: opened.isDamaged() || bootstrap.length > 0,
        signal: leaving.signal
      }
    )
    await owner.open(epoch)
    log.info({ epoch }, 'resuming own projects')
    ownBlobs.sweep(Date.now())
    opened.releaseAll()
    const freed = await blobs.collect()
    if (freed.count > 0) log.info(freed, 'removed unused blobs')
    // Not before it is known which of them are sources of this node's projects.
    const stopCleaning = uploads.start()
    shutdown.add(async () => stopCleaning())
  } catch (error) {
    if (!leaving.signal.aborted) log.error({ err: error }, 'could not resume own projects')
  }
}
