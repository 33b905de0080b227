import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const READ_BYTES = 256 * 1024

export interface HashFileOptions {
  readonly signal?: AbortSignal
}

/**
 * Reads a file once, through one buffer: a stream would leave all of it to the garbage collector.
 * @returns its size in bytes and its sha-256 in lower-case hex. @throws the signal's reason
 */
export async function measureFile(
  path: string,
  { signal }: HashFileOptions = {}
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(READ_BYTES)
  const file = await open(path, 'r')
  try {
    for (let bytes = 0; ;) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes)
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await file.close()
  }
}

/** sha-256 of a file in lower-case hex. @throws the signal's reason */
export async function hashFile(path: string, options: HashFileOptions = {}): Promise<string> {
  return (await measureFile(path, options)).sha256
}
