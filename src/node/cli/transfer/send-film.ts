import { monotonicMs } from '../../../common/clock.ts'
import { ApiError, CliError } from '../errors.ts'
import { type FilmFile, openFilm } from './film-file.ts'
import { createPatience, type PatienceInit } from './patience.ts'
import { nextPieceBytes, PIECE_BYTES_FIRST, PIECE_BYTES_MIN } from './piece-size.ts'
import type { UploadClient } from './upload-client.ts'

export interface SendInit extends PatienceInit {
  /** Called at first, and whenever bytes arrived at the node. */
  readonly onProgress: (bytes: number, total: number) => void
}

const FINGERPRINT = 'fingerprint'

/** An upload of the same film, begun by an earlier command; of several the longest. */
async function findUpload(film: FilmFile, client: UploadClient, signal: AbortSignal): Promise<string | undefined> {
  const sameSize = (await client.list({ signal })).filter(({ bytes }) => bytes === film.bytes)
  for (const { id } of sameSize.toSorted((a, b) => b.received - a.received)) {
    const stand = await client.stand(id, { signal }).catch((error: unknown) => {
      // It was removed meanwhile.
      if (error instanceof ApiError && error.code === 'unknown-upload') return undefined
      throw error
    })
    if (stand?.metadata[FINGERPRINT] === film.fingerprint) return id
  }
  return undefined
}

async function sendRest(id: string, film: FilmFile, client: UploadClient, init: SendInit): Promise<void> {
  const { signal, onProgress } = init
  const patience = createPatience(init)
  let pieceBytes = PIECE_BYTES_FIRST
  let known: number | undefined
  await patience.until(async () => {
    await film.check()
    const from = known ?? (await client.stand(id, { signal })).offset
    // Unknown again, unless the piece arrives.
    known = undefined
    onProgress(from, film.bytes)
    if (from === film.bytes) return true
    const piece = await film.read(from, Math.min(pieceBytes, film.bytes - from))
    const beganAt = monotonicMs()
    try {
      known = await client.send(id, from, piece, { signal })
    } catch (error) {
      pieceBytes = Math.max(PIECE_BYTES_MIN, Math.floor(pieceBytes / 2))
      // A part of it may have arrived.
      if ((await client.stand(id, { signal }).catch(() => undefined))?.offset !== from) patience.progress()
      throw error
    }
    pieceBytes = nextPieceBytes(piece.length, monotonicMs() - beganAt)
    patience.progress()
    return false
  })
}

/**
 * Sends a film to a node; what arrived of it before, even from an earlier command, is not sent again.
 * @returns what to submit at the node
 * @throws ApiError where the node refuses, e.g. `no-room`; {@link CliError} `film-changed`, or `node-lost` after too long a silence
 */
export async function sendFilm(path: string, client: UploadClient, init: SendInit): Promise<string> {
  const { signal } = init
  const film = await openFilm(path)
  try {
    const { name: filename, fingerprint, bytes } = film
    const id =
      (await findUpload(film, client, signal)) ??
      (await client.begin({ bytes, metadata: { filename, [FINGERPRINT]: fingerprint } }, { signal }))
    await sendRest(id, film, client, init).catch(async (error: unknown) => {
      // What arrived is of two files.
      if (error instanceof CliError && error.code === 'film-changed')
        await client.remove(id, { signal }).catch(() => undefined)
      if (!(error instanceof CliError && error.code === 'no-node')) throw error
      const message = `The connection to the node at ${client.url} is lost. The same command sends the rest of ${filename}.`
      throw new CliError('node-lost', message, { cause: error })
    })
    const { input } = await client.one(id, { signal })
    if (input !== null) return input
    throw new CliError('bad-answer', `The node at ${client.url} does not have the film that it was sent.`)
  } finally {
    await film.close()
  }
}
