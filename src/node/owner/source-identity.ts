import { stat } from 'node:fs/promises'
import { sampleSource, type SourceInfo } from '../../encode/index.ts'

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
    throw new SourceError(`the source ${path} is no longer the file that was submitted; put that file back`)
}
