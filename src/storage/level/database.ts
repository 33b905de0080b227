import { mkdir } from 'node:fs/promises'
import { LevelDatastore } from 'datastore-level'
import { Level } from 'level'
import { BUCKETS } from './buckets.ts'
import { createLogRepository } from './log-repository.ts'
import { createOwnedRepository } from './owned-repository.ts'
import { StorageError } from '../errors.ts'
import type { LogRepository, OwnedRepository } from '../ports.ts'

export interface Database {
  readonly log: LogRepository
  readonly owned: OwnedRepository
  /** For libp2p, in a bucket of its own. */
  readonly datastore: LevelDatastore
  close: () => Promise<void>
}

/**
 * Opens the one LevelDB of this node. Never called twice for a folder in one process: a second failed open would drop the first one's lock.
 * @throws StorageError `in-use` when another process has it.
 */
export async function openDatabase(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const level = new Level<string, Uint8Array>(folder, { keyEncoding: 'utf8', valueEncoding: 'view' })
  try {
    await level.open()
  } catch (cause) {
    const locked = (cause as { cause?: { code?: string } }).cause?.code === 'LEVEL_LOCKED'
    if (locked)
      throw new StorageError('in-use', `another grav1 node uses ${folder}; stop it or choose another --data-dir`, {
        cause
      })
    throw new StorageError(
      'open-failed',
      `cannot open the database in ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause }
    )
  }
  const libp2p = level.sublevel<string, Uint8Array>(BUCKETS.libp2p, { keyEncoding: 'utf8', valueEncoding: 'view' })
  const datastore = new LevelDatastore(libp2p as unknown as Level<string, Uint8Array>)
  await datastore.open()
  return {
    log: createLogRepository(level),
    owned: createOwnedRepository(level),
    datastore,
    close: async () => {
      await datastore.close()
      await level.close()
    }
  }
}
