import { mkdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LevelDatastore } from 'datastore-level'
import { createAttemptRepository } from './attempt-repository.ts'
import { createChronicleRepository } from './chronicle-repository.ts'
import { createDatastore } from './datastore.ts'
import { createLeaseRepository } from './lease-repository.ts'
import { createLevelGate, ROOM_FILE } from './level-gate.ts'
import { createLogStore } from './log-store.ts'
import { migrate, readSchema } from './migrations.ts'
import { inUse, openLevel, type OpenedLevel } from './open-level.ts'
import { createReaders, type OnUnread } from './stored.ts'
import type { AttemptRepository, ChronicleRepository, DiskReporter, LeaseRepository, OwnStore } from '../ports.ts'
import type { LogStore } from '../../swarm/index.ts'

export interface Database {
  readonly log: LogStore
  readonly leases: LeaseRepository
  readonly attempts: AttemptRepository
  readonly chronicle: ChronicleRepository
  /** For libp2p, in a bucket of its own. */
  readonly datastore: LevelDatastore
  /** `moved-aside` when a damaged database was put to `movedAsideTo` and this one begun empty. */
  readonly recovered: 'moved-aside' | undefined
  readonly movedAsideTo: string | undefined
  close: () => Promise<void>
}

export interface DatabaseComponents {
  /** Receives what older versions kept in the database. Without it the database keeps the old layout. */
  readonly own?: OwnStore
  /** Called with failed writes; while it reports `disk-full`, the database does not try to reopen. */
  readonly guard?: DiskReporter
  /** Called with each value that was left out because it does not have the form that this version writes. Default: not called. */
  readonly onUnread?: OnUnread
}

/**
 * Folders that are open in this process. LevelDB's lock belongs to the process: a second open in it would fail, and by failing drop
 * the lock of the first.
 */
const openFolders = new Set<string>()

/**
 * Opens the one LevelDB of this node, migrates it to the current layout, and starts a new one if it is damaged.
 * @throws StorageError `in-use` when this process or another one has it; `too-new`, `no-space`, `open-failed`.
 */
export async function openDatabase(folder: string, components: DatabaseComponents = {}): Promise<Database> {
  const { own, guard, onUnread } = components
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = await realpath(folder)
  if (openFolders.has(path)) throw inUse(folder)
  openFolders.add(path)
  try {
    const { level, movedAsideTo } = await openMigrated(path, own)
    await rm(join(path, ROOM_FILE), { force: true })
    const gate = createLevelGate({ level, guard }, { folder: path })
    const read = createReaders(onUnread)
    const leases = createLeaseRepository(gate, read.lease)
    const attempts = createAttemptRepository(gate, read.attempt)
    const datastore = createDatastore(gate)
    await datastore.open()
    return {
      log: createLogStore(gate),
      leases,
      attempts,
      chronicle: createChronicleRepository(gate),
      datastore,
      recovered: movedAsideTo == null ? undefined : 'moved-aside',
      movedAsideTo,
      close: async () => {
        await datastore.close()
        await gate.close()
        openFolders.delete(path)
      }
    }
  } catch (error) {
    openFolders.delete(path)
    throw error
  }
}

async function openMigrated(path: string, own: OwnStore | undefined): Promise<OpenedLevel> {
  const opened = await openLevel(path)
  try {
    if (own == null) await readSchema(opened.level)
    else await migrate(opened.level, own)
    return opened
  } catch (error) {
    await opened.level.close()
    throw error
  }
}
