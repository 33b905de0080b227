import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { anySignal } from '../../../common/any-signal.ts'
import { ApiRefusal } from '../../../api/refusal.ts'

/** A file of this node, from `first` to `last`. */
export function openFile(path: string, first: number, last: number): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { start: first, end: last })) as ReadableStream<Uint8Array>
}

/** What finding a holder and waiting for a turn may take, and the time for each byte that the holder may have to hash first. */
const OPEN_MS = 30_000
const HASHED_BYTES_PER_MS = 20 * 1024

export type ReadChunks = (signal: AbortSignal) => AsyncGenerator<Uint8Array>

/**
 * Begins to read from elsewhere and waits for the first bytes, so that a failure can still be told; what comes is read as fast as the one who asked takes it.
 * @param bytes of the whole that is read from
 * @throws what the reading throws
 */
export async function openPart(
  read: ReadChunks,
  bytes: number,
  client: AbortSignal
): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController()
  const deadline = setTimeout(
    () => stop.abort(new ApiRefusal('not-here', 503, 'No peer started to send it in time; try again.')),
    OPEN_MS + bytes / HASHED_BYTES_PER_MS
  )
  const chunks = read(anySignal([client, stop.signal]))
  let first: IteratorResult<Uint8Array, unknown>
  try {
    first = await chunks.next()
  } finally {
    clearTimeout(deadline)
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (first.done === true) controller.close()
        else controller.enqueue(first.value)
      },
      pull: async (controller) => {
        const next = await chunks.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
      cancel: async () => {
        stop.abort(new Error('the client went away'))
        await chunks.return(undefined)
      }
    },
    { highWaterMark: 0 }
  )
}
