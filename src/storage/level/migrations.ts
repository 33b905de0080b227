import type { BatchOperation, Level } from 'level'
import { BUCKETS, keysOf } from './buckets.ts'
import { StorageError } from '../errors.ts'
import type { StoredProject, OwnStore } from '../ports.ts'

type Database = Level<string, Uint8Array>
type Operations = BatchOperation<Database, string, unknown>[]

interface Migration {
  /** Schema after it; they stand in order, without a gap. */
  readonly to: number
  /** Makes the changes outside the database, durably and repeatably, and returns the change inside it. */
  readonly prepare: (level: Database, own: OwnStore) => Promise<Operations>
}

const MIGRATIONS: readonly Migration[] = [{ to: 1, prepare: moveOwned }]

/** Layout that this version reads and writes. */
export const SCHEMA = 1

const meta = (level: Database) => level.sublevel(BUCKETS.meta, { keyEncoding: 'utf8', valueEncoding: 'utf8' })

/** @returns the layout of an open database; one without a mark is 0. @throws StorageError `too-new`, `open-failed` */
export async function readSchema(level: Database): Promise<number> {
  const text = (await meta(level).get('schema')) ?? '0'
  if (!/^\d{1,9}$/.test(text))
    throw new StorageError('open-failed', 'the layout version of the database is not a number')
  const schema = Number(text)
  if (schema > SCHEMA)
    throw new StorageError(
      'too-new',
      `the database was written by a later version of grav1 (layout ${schema}, this version knows ${SCHEMA}): install that version again, or choose another --data-dir`
    )
  return schema
}

/** Brings the database to `SCHEMA`, each step in one flushed batch with its mark. A crash between repeats a step. */
export async function migrate(level: Database, own: OwnStore): Promise<void> {
  const schema = await readSchema(level)
  for (const { to, prepare } of MIGRATIONS.filter((one) => one.to > schema)) {
    const operations = await prepare(level, own)
    const mark = { type: 'put', sublevel: meta(level), key: 'schema', value: String(to) }
    await level.batch<string, unknown>([...operations, mark] as Operations, { sync: true } as object)
  }
}

/** Schema 0 had the jobs of this node's projects in the database and their records nowhere else. */
async function moveOwned(level: Database, own: OwnStore): Promise<Operations> {
  const owned = level.sublevel<string, StoredProject>(BUCKETS.owned, { keyEncoding: 'utf8', valueEncoding: 'json' })
  const log = level.sublevel<string, Uint8Array>(BUCKETS.log, { keyEncoding: 'utf8', valueEncoding: 'view' })
  const moved = new Set((await own.all()).map((project) => project.projectId))
  const operations: unknown[] = []
  for await (const [projectId, project] of owned.iterator()) {
    const envelopes = await log.values(keysOf(projectId)).all()
    const there = (await own.records(projectId)).length
    for (const envelope of envelopes.slice(there)) await own.append(projectId, envelope)
    // The job is written last: with it the project counts as migrated.
    if (!moved.has(projectId)) await own.put(project)
    operations.push({ type: 'del', sublevel: owned, key: projectId })
  }
  return operations as Operations
}
