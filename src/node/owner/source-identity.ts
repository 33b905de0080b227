import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import type { SourceInfo } from '../../encode/run/index.ts'

const PARTS = 16
const PART_BYTES = 64 * 1024

/** What of a source's bytes tells it from another: sha-256 (hex) of samples from its beginning to its end. */
export async function sampleSource(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const hash = createHash('sha256').update(String(size))
    const part = Buffer.alloc(PART_BYTES)
    for (let n = 0; n < PARTS; n += 1) {
      const at = Math.max(Math.floor(((size - PART_BYTES) * n) / (PARTS - 1)), 0)
      const { bytesRead } = await file.read(part, 0, PART_BYTES, at)
      hash.update(part.subarray(0, bytesRead))
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}

/** The source is not there, or is not the file that was submitted; the message says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/**
 * Looks whether a source is the one that was submitted. A new time alone changes nothing.
 * @param samples undefined for jobs that did not keep them: then by its length
 * @throws SourceError
 */
export async function checkSource({ path, bytes }: SourceInfo, samples: string | undefined): Promise<void> {
  let size
  let now
  try {
    size = (await stat(path)).size
    now = samples === undefined ? undefined : await sampleSource(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new SourceError(`the source ${path} cannot be read (${code}); put it back`, { cause })
  }
  if (size !== bytes || now !== samples)
    throw new SourceError(`the source ${path} is not the file that was submitted any more; put that one back`)
}
