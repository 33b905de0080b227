import { recover } from '../owner/recovery.ts'
import { retryWhenFull } from '../../storage/index.ts'
import { roomLog } from '../log/rooms.ts'
import type { Config } from '../config/types.ts'
import type { OwnBlobs } from '../disk/own-blobs.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Reign } from '../owner/reign.ts'
import type { Uploads } from '../uploads/uploads.ts'
import type { JoinedSwarm } from './join-swarm.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'

export interface RegainComponents {
  readonly opened: OpenNode
  readonly swarm: JoinedSwarm
  readonly owner: OwnerService
  readonly reign: Reign
}

export interface GoOnComponents extends RegainComponents {
  readonly ownBlobs: OwnBlobs
  readonly uploads: Uploads
  readonly shutdown: Shutdown
}

/** Asks the swarm for what it knows of own projects, goes on with them, and removes what nothing needs then. Never throws: what fails is logged. */
export async function goOn(components: GoOnComponents, { bootstrap }: Pick<Config, 'bootstrap'>): Promise<void> {
  const { opened, owner, ownBlobs, uploads, shutdown } = components
  const { blobs, leaving } = opened
  const log = roomLog(opened.log, 'owner')
  try {
    const epoch = await askSwarm(components, {
      unfinished: owner.unfinished,
      expectsNeighbours: opened.isDamaged() || bootstrap.length > 0
    })
    await owner.open(epoch)
    log.info({ epoch }, 'resuming own projects')
    await ownBlobs.takeUpEnded()
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

/** Goes on with one project from what the swarm knows, in a new epoch. @throws the reason of a shutdown */
export async function regain(components: RegainComponents, projectId: string): Promise<void> {
  const { opened, owner } = components
  const epoch = async (): Promise<number> =>
    askSwarm(components, { unfinished: () => [projectId], expectsNeighbours: true })
  await owner.regain(projectId, epoch)
  roomLog(opened.log, 'owner').info({ projectId }, 'went on with a project from what the swarm knows')
}

interface Asked {
  /** Ids of the projects that the epoch is for. */
  readonly unfinished: () => readonly string[]
  readonly expectsNeighbours: boolean
}

async function askSwarm(components: RegainComponents, { unfinished, expectsNeighbours }: Asked): Promise<number> {
  const { opened, swarm, owner, reign } = components
  const { signer, guard, leaving } = opened
  const { node, book, sync, spread, dialLoop } = swarm
  const { highestGrantEpoch } = owner
  const { signal } = leaving
  return recover(
    {
      node,
      book,
      sync,
      spread,
      signer,
      owner: { unfinished, highestGrantEpoch },
      dialLoop,
      guard,
      log: roomLog(opened.log, 'owner')
    },
    {
      nextEpoch: async (highestSeen) => retryWhenFull(guard, async () => reign.next(highestSeen), { signal }),
      expectsNeighbours,
      signal
    }
  )
}
