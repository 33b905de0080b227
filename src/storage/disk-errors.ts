import { StorageError } from './errors.ts'

const CAUSES_MAX = 8
const FULL_TEXT = /No space left on device|Disk quota exceeded|not enough space on the disk/i

/** Whether a text has the system's words for a full disk or quota, where no code says so. */
export function saysDiskFull(text: string): boolean {
  return FULL_TEXT.test(text)
}

/** Whether an error, or one that caused it, says that the disk or the user's quota on it is full. */
export function isDiskFull(error: unknown): boolean {
  let at = error
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1) {
    const { code } = at as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') return true
    // LevelDB gives no code of the system's.
    if (code === 'LEVEL_IO_ERROR' && saysDiskFull(at.message)) return true
    at = at.cause
  }
  return false
}

/** Runs a write. @throws StorageError `no-space` in place of the system's error for a full disk; any other error as it is. */
export async function sayingWhenFull<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    if (cause instanceof StorageError || !isDiskFull(cause)) throw cause
    throw new StorageError('no-space', 'the disk of the data folder is full', { cause })
  }
}

/** For a write that is not tried because the disk is known to be full: an error that `isDiskFull` recognises. */
export function diskFull(message: string): StorageError {
  return new StorageError('no-space', message, {
    cause: Object.assign(new Error('the disk is known to be full'), { code: 'ENOSPC' })
  })
}
