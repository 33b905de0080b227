import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../storage/index.ts'
import { openRecord, type OpenedRecord } from '../../swarm/index.ts'

/** A record as it lies on the disk, and what is wrong with it or its place in the chain. */
export interface FoundRecord {
  readonly projectId: string
  /** Undefined where it cannot be read. */
  readonly opened: OpenedRecord['signed'] | undefined
  readonly problem: string | undefined
}

/** A running node changes its files while they are copied. */
const COPIES_MAX = 3

function problemOf({ record, hash }: OpenedRecord['signed'], before: OpenedRecord['signed'] | undefined, seq: number) {
  if (record.seq !== seq) return `it has the number ${record.seq}, not ${seq}`
  const prev = before?.hash ?? ''
  return record.prev === prev ? undefined : `${hash.slice(0, 12)} does not follow the record before it`
}

async function readAll(database: string, idStart: string): Promise<FoundRecord[] | undefined> {
  const opened = await openDatabase(database)
  try {
    if (opened.movedAsideTo !== undefined) return undefined
    const found: FoundRecord[] = []
    /** Of each project: how many records were found, and the last of them that could be read. */
    const chains = new Map<string, { count: number; last: OpenedRecord['signed'] | undefined }>()
    for await (const { projectId, envelope } of opened.log.all()) {
      if (!projectId.startsWith(idStart)) continue
      const { count, last } = chains.get(projectId) ?? { count: 0, last: undefined }
      const record = await openRecord(envelope).catch((error: unknown) => String(error))
      if (typeof record === 'string') found.push({ projectId, opened: undefined, problem: record })
      else found.push({ projectId, opened: record.signed, problem: problemOf(record.signed, last, count) })
      chains.set(projectId, { count: count + 1, last: typeof record === 'string' ? undefined : record.signed })
    }
    return found
  } finally {
    await opened.close()
  }
}

async function readCopy(database: string, idStart: string): Promise<FoundRecord[] | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-debug-'))
  try {
    const copy = join(folder, 'db')
    await cp(database, copy, { recursive: true })
    return await readAll(copy, idStart)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The records of all projects whose ids begin so, in order. Reads a copy of the database: a node may run on it, and nothing of it is changed.
 * @param database - the folder
 * @throws Error `ENOENT` where there is none; an error with a sentence where no copy can be read
 */
export async function projectRecords(database: string, idStart: string): Promise<readonly FoundRecord[]> {
  for (let copies = 0; copies < COPIES_MAX; copies += 1) {
    const found = await readCopy(database, idStart)
    if (found !== undefined) return found
  }
  throw new Error(`The database in ${database} is damaged, or changes too fast to be copied.`)
}
