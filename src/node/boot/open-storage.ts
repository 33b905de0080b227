import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../../common/clock.ts'
import {
  createDiskGuard,
  createHeadsFile,
  createOwnStore,
  createViewStore,
  type DatabaseComponents,
  freeBytesOf,
  openDatabase,
  StorageError
} from '../../storage/index.ts'
import { programVersion } from '../version.ts'
import type { openDataDir } from '../disk/data-dir.ts'
import type { Logger } from '../../swarm/index.ts'
import type { Shutdown } from './shutdown.ts'

export interface OpenStorageInit {
  readonly dataDir: string
  readonly paths: Awaited<ReturnType<typeof openDataDir>>
  readonly log: Logger
  readonly shutdown: Shutdown
}

/** A command that looks into the folder has the database for a fraction of a second, a node as long as it runs. */
const LOCK_MS = 2_000
const LOCK_AGAIN_MS = 50

/** Waits for a command that has the database. @throws StorageError `in-use` where somebody keeps it */
async function whenUnlocked<Opened>(open: () => Promise<Opened>): Promise<Opened> {
  const until = monotonicMs() + LOCK_MS
  for (;;) {
    try {
      return await open()
    } catch (error) {
      const isLocked = error instanceof StorageError && error.code === 'in-use'
      if (!isLocked || monotonicMs() > until) throw error
    }
    await delay(LOCK_AGAIN_MS)
  }
}

/** Opens what a node keeps on disk, the guard of the disk first, and says what was found damaged. @throws StorageError */
export async function openStorage({ dataDir, paths, log, shutdown }: OpenStorageInit) {
  const guard = createDiskGuard({ freeBytes: async () => freeBytesOf(dataDir) })
  shutdown.add(async () => guard.stop())
  await guard.start()
  /** Something was lost here: the swarm may know more. */
  let isDamaged = false
  const own = await createOwnStore(paths.own, {
    onDamage: (damage) => {
      isDamaged = true
      log.warn(damage, 'the files of an own project are damaged')
    }
  })
  shutdown.add(async () => own.close())
  const unread = new Set<string>()
  const onUnread: DatabaseComponents['onUnread'] = (kind, projectId) => {
    if (!unread.has(`${kind} ${projectId}`))
      log.warn(
        { kind, projectId },
        'the database holds records of an unexpected form for this project; they are left out'
      )
    unread.add(`${kind} ${projectId}`)
  }
  const database = await whenUnlocked(async () => openDatabase(paths.database, { own, guard, onUnread }))
  shutdown.add(async () => database.close())
  if (database.movedAsideTo != null) {
    isDamaged = true
    log.warn({ movedTo: database.movedAsideTo }, 'the database is damaged; set it aside and started a new one')
  }
  const heads = createHeadsFile(paths.heads, {
    onDamage: () => log.warn({}, 'the file of known logs is damaged'),
    onError: (error) => log.warn({ err: error }, 'could not write the file of known logs')
  })
  shutdown.add(async () =>
    heads.flush().catch((error: unknown) => log.warn({ err: error }, 'could not save the list of known logs'))
  )
  const kept = { views: createViewStore(paths.views), version: programVersion() }
  return { guard, own, database, heads, kept, isDamaged: () => isDamaged }
}
