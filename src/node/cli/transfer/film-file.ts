import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { errorText } from '../../../common/error-text.ts'
import { sampleSource } from '../../../encode/index.ts'
import { CliError } from '../errors.ts'
import { shownName } from '../format.ts'

/** A film of this machine while it is sent. */
export interface FilmFile {
  readonly name: string
  readonly bytes: number
  /** The same for the same file under the same name: by it, a later command finds what was sent before. */
  readonly fingerprint: string
  /** @throws {@link CliError} `film-changed` */
  readonly read: (offset: number, bytes: number) => Promise<Uint8Array<ArrayBuffer>>
  /** @throws {@link CliError} `film-changed` where the file is not the one that was opened */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/** @throws {@link CliError} `usage` where it is no file that can be sent */
export async function checkFilm(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError('usage', `${path} cannot be read: ${errorText(cause)}.`, { cause })
  })
  if (!found.isFile()) throw new CliError('usage', `${path} is not a file.`)
  if (found.size === 0) throw new CliError('usage', `${path} is empty.`)
}

export async function openFilm(path: string): Promise<FilmFile> {
  await checkFilm(path)
  const file = await open(path)
  const { size: bytes, mtimeMs } = await file.stat()
  const name = basename(path)
  const samples = await sampleSource(path)
  const changed = (): CliError =>
    new CliError(
      'film-changed',
      `${shownName(path)} changed while it was being sent; submit it again when it is complete.`
    )
  return {
    name,
    bytes,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([name, mtimeMs, samples]))
      .digest('hex'),
    read: async (offset, wanted) => {
      const piece = new Uint8Array(wanted)
      for (let filled = 0; filled < wanted;) {
        const { bytesRead } = await file.read(piece, filled, wanted - filled, offset + filled)
        if (bytesRead === 0) throw changed()
        filled += bytesRead
      }
      return piece
    },
    check: async () => {
      const now = await file.stat()
      if (now.size !== bytes || now.mtimeMs !== mtimeMs) throw changed()
    },
    close: async () => file.close()
  }
}
