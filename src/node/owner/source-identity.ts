import { stat } from 'node:fs/promises'
import { sampleSource, type SourceInfo } from '../../encode/index.ts'
import type { OwnedJob } from './job.ts'

/** The source is not there, or is not the file that was submitted; the message says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly code: 'source-away' | 'source-changed'

  constructor(code: SourceError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

function whatIsWrong(bytes: number, now: number): string {
  if (now > bytes) return 'has grown since it was submitted'
  return now < bytes ? 'is shorter than when it was submitted' : 'is no longer the file that was submitted'
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
    throw new SourceError('source-away', `the source ${path} cannot be read (${code}); put it back`, { cause })
  }
  if (size !== bytes || now !== samples)
    throw new SourceError(
      'source-changed',
      `the source ${path} ${whatIsWrong(bytes, size)}; put that file back, or cancel the project and submit the file again`
    )
}

/** `checkSource` for somebody who asks often: it reads the file only where its status says that something happened to it. */
export function createSourceCheck({
  source,
  sourceSamples
}: Pick<OwnedJob, 'source' | 'sourceSamples'>): () => Promise<void> {
  let confirmed: string | undefined
  return async () => {
    const before = await fileStampOf(source.path)
    if (before !== undefined && before === confirmed) return
    await checkSource(source, sourceSamples)
    // What is written while it is read shows in the status of later.
    confirmed = before
  }
}

/** Differs after every write, and for every other file in its place. Undefined where there is no file. */
export async function fileStampOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found === undefined ? undefined : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join()
}
