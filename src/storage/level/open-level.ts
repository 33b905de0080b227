import { mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Level } from 'level'
import { isDiskFull } from '../disk-errors.ts'
import { StorageError } from '../errors.ts'
import { moveOver, syncFolder } from '../../platform/index.ts'

const READ_AT_ONCE = 1000
/** One of its own files is missing or truncated. Not LOCK: some file systems cannot lock, and report that in the same words. */
const MISSING_PART =
  /(MANIFEST-\d+|CURRENT|\d+\.(ldb|sst|log)): .*(No such file or directory|Invalid argument|cannot find the (file|path))/i

export interface OpenedLevel {
  readonly level: Level<string, Uint8Array>
  /** Where a damaged database was moved; a new one was started in its place. */
  readonly movedAsideTo: string | undefined
}

/**
 * Opens the database and reads it once from end to end, since a damaged table shows only then. A damaged one is moved to
 * `<folder>.damaged-<n>`, never deleted, and a new one is started. A database that only lost records opens without a sign: the journal
 * and the heads file reveal that.
 * @throws StorageError `in-use`, `no-space`, `open-failed`; nothing is moved then.
 */
export async function openLevel(folder: string): Promise<OpenedLevel> {
  try {
    return { level: await attempt(folder), movedAsideTo: undefined }
  } catch (error) {
    if (!isDamage(error)) throw asStorageError(folder, error)
  }
  const movedAsideTo = await moveAside(folder)
  try {
    return { level: await attempt(folder), movedAsideTo }
  } catch (error) {
    throw asStorageError(folder, error)
  }
}

async function attempt(folder: string): Promise<Level<string, Uint8Array>> {
  const headless = await isHeadless(folder)
  const level = new Level<string, Uint8Array>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    createIfMissing: !headless
  })
  try {
    await level.open()
    await readAll(level)
    return level
  } catch (error) {
    await level.close().catch(() => {})
    // The lock was tested: nobody holds it, and without CURRENT nobody can open the database.
    if (headless && /does not exist/.test(texts(error))) throw new HeadlessError()
    throw error
  }
}

/** Tables or a log without CURRENT: LevelDB would begin an empty database there and delete what it finds. */
async function isHeadless(folder: string): Promise<boolean> {
  if (!(await readdir(folder)).some((name) => /\.(ldb|sst|log)$/.test(name))) return false
  return stat(join(folder, 'CURRENT')).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true
      throw error
    }
  )
}

class HeadlessError extends Error {
  override readonly name = 'HeadlessError'
}

/** Nothing of it is needed here, so nothing is handed over: of a million records that would take seconds. */
async function readAll(level: Level<string, Uint8Array>): Promise<void> {
  const iterator = level.iterator({ keys: false, values: false, fillCache: false })
  try {
    while ((await iterator.nextv(READ_AT_ONCE)).length > 0);
  } finally {
    await iterator.close()
  }
}

async function moveAside(folder: string): Promise<string> {
  const taken = new Set(await readdir(dirname(folder)))
  const name = (n: number): string => `${folder}.damaged-${n}`
  let n = 1
  while (taken.has(name(n).slice(dirname(folder).length + 1))) n += 1
  await moveOver(folder, name(n))
  await mkdir(folder, { mode: 0o700 })
  await syncFolder(dirname(folder))
  return name(n)
}

/** Only damage that no retry and no change of permissions can heal. A disk that cannot be read at the moment (EIO) is not damage. */
function isDamage(error: unknown): boolean {
  if (error instanceof HeadlessError) return true
  if (isDiskFull(error)) return false
  const codes = chain(error).map((one) => (one as { code?: string }).code)
  if (codes.includes('LEVEL_LOCKED')) return false
  if (codes.includes('LEVEL_CORRUPTION')) return true
  return codes.includes('LEVEL_IO_ERROR') && MISSING_PART.test(texts(error))
}

function asStorageError(folder: string, cause: unknown): StorageError {
  if (chain(cause).some((one) => (one as { code?: string }).code === 'LEVEL_LOCKED')) return inUse(folder, cause)
  if (isDiskFull(cause)) return new StorageError('no-space', `no space left for the database in ${folder}`, { cause })
  return new StorageError('open-failed', `cannot open the database in ${folder}: ${texts(cause)}`, { cause })
}

export function inUse(folder: string, cause?: unknown): StorageError {
  return new StorageError('in-use', `another grav1 node uses ${folder}; stop it or choose another --data-dir`, {
    cause
  })
}

function chain(error: unknown): Error[] {
  const errors: Error[] = []
  for (let at = error; at instanceof Error && errors.length < 8; at = at.cause) errors.push(at)
  return errors
}

function texts(error: unknown): string {
  return chain(error)
    .map((one) => one.message)
    .join(': ')
}
