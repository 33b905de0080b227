import { createHash } from 'node:crypto'
import { constants, lstat, open } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { firstBytes } from '../../common/text.ts'
import { dropFile, linkAs, moveOver, syncFile, syncFolder } from '../../platform/index.ts'
import { MediaError } from '../programs/errors.ts'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false
  )

const taken = (path: string, cause?: unknown): MediaError =>
  new MediaError('output-exists', `${path} already exists.`, { cause })

const unwritable = (path: string, cause: unknown): MediaError =>
  new MediaError('output-unwritable', `${path} cannot be written: ${codeOf(cause) || String(cause)}`, {
    field: 'output',
    cause
  })

/** A file that appears under its name only when it is complete. */
export interface OutputFile {
  /** Where it is written: hidden, beside its final place. */
  readonly partPath: string
  /** Flushes it to the disk and gives it its name. @throws MediaError `output-exists` or `output-unwritable` */
  readonly publish: () => Promise<void>
  /** Removes an unpublished file; does nothing after publication. */
  readonly discard: () => Promise<void>
}

/** Takes the name without ever replacing a file; on file systems without hard links only as well as a check just before can. */
async function claim(part: string, path: string): Promise<void> {
  try {
    await linkAs(part, path)
    await dropFile(part)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (await exists(path))) throw taken(path, error)
    await moveOver(part, path)
  }
}

/** A name of this length leaves room for the extra characters of the hidden name, on any file system. */
const STEM_BYTES_MAX = 60

/** The hidden name beside `path`. The same for the same `workDir`, so that a run after a crash finds the file of the previous one. */
function partPathOf(path: string, workDir: string): string {
  const extension = extname(path)
  const mark = createHash('sha256')
    .update(`${workDir}\n${basename(path)}`)
    .digest('hex')
    .slice(0, 8)
  return join(dirname(path), `.${firstBytes(basename(path, extension), STEM_BYTES_MAX)}.${mark}.part${extension}`)
}

/** Removes what an earlier run left beside `path` when it was killed. */
export const removeUnfinished = (path: string, workDir: string): Promise<void> => dropFile(partPathOf(path, workDir))

/** Makes the hidden file for `path` and removes it. Several may try the same path at once. @throws MediaError `output-unwritable` */
export async function tryOutput(path: string): Promise<void> {
  const partPath = partPathOf(path, join(path, 'trial'))
  // A link that somebody put there is not followed.
  const flags = constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
  try {
    await (await open(partPath, flags)).close()
  } catch (error) {
    throw unwritable(path, error)
  }
  await dropFile(partPath)
}

/** Prepares writing `path`. @throws MediaError `output-exists` or `output-unwritable` */
export async function openOutput(path: string, overwrite: boolean, workDir: string): Promise<OutputFile> {
  const partPath = partPathOf(path, workDir)
  await removeUnfinished(path, workDir)
  if (!overwrite && (await exists(path))) throw taken(path)
  try {
    await (await open(partPath, 'wx')).close()
  } catch (error) {
    throw unwritable(path, error)
  }
  const publish = async (): Promise<void> => {
    try {
      await syncFile(partPath)
      await (overwrite ? moveOver(partPath, path) : claim(partPath, path))
      await syncFolder(dirname(path))
    } catch (error) {
      throw error instanceof MediaError ? error : unwritable(path, error)
    }
  }
  return { partPath, publish, discard: () => dropFile(partPath) }
}
