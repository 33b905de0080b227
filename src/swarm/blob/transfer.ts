import { asError } from '../../common/error-text.ts'
import { type Came, encodeBlobReceipt, type Givers, isMixed, type BlobRef } from '../protocol/index.ts'
import { askForChunks, openBlobStream, WrongChunkError } from './ask-peer.ts'
import { asBlobError, BlobError } from './blob-error.ts'
import { commit, onShelf, ShelfError, type BlobShelf, type ShelfWriter } from './blob-shelf.ts'
import { createProgressTimeout, type ProgressTimeout } from './progress-timeout.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { Rest } from './rechunk.ts'
import type { StreamIO } from '../stream-io.ts'
import type { Throttle } from './throttle.ts'

/**
 * - `mixed`: the whole, or one chunk, does not match its hash, and not all of it came from this source: nobody is blamed, and nothing of it is kept.
 * - `failed`: `hasAnswered` when the peer had said that it has the blob, `isStalled` when nothing came for too long.
 */
export type TransferEnd =
  | { readonly type: 'done' }
  | { readonly type: 'mixed'; readonly part: 'whole' | 'chunk' }
  | {
      readonly type: 'failed'
      readonly error: BlobError
      readonly hasAnswered: boolean
      readonly isStalled: boolean
      readonly came: Came
    }

export interface TransferComponents {
  readonly node: SwarmNode
  readonly shelf: BlobShelf
  readonly log: Logger
  /** What is fetched from peers. */
  readonly download: Throttle
}

export interface TransferInit {
  /** Discards bytes from other sources, and fetches the whole blob from this one. */
  readonly alone: boolean
  /** Who gave the bytes that lie here. */
  readonly givers: Givers
  readonly stallMs: number
  readonly signal: AbortSignal
}

/** A blob that is on its way in, and what has come of it in this transfer. */
interface Arrival {
  readonly writer: ShelfWriter
  readonly rest: Rest
  readonly restBytes: number
  hasAnswered: boolean
  chunks: number
  bytes: number
}

/** Fetches a blob, or the rest of it, from one peer. @throws ShelfError when this node's disk fails, or the signal's reason. */
export async function transfer(
  { node, shelf, log, download }: TransferComponents,
  ref: BlobRef,
  source: string,
  { alone, givers, stallMs, signal }: TransferInit
): Promise<TransferEnd> {
  const arrival = await begin(shelf, ref, alone && givers.all !== source)
  if (arrival == null) return { type: 'done' }
  const { writer, restBytes } = arrival
  const stall = createProgressTimeout(stallMs, signal)
  let io: StreamIO | undefined
  try {
    if (writer.offset < ref.bytes) {
      const stream = await openBlobStream({ node, download }, source, stall.signal)
      io = stream.io
      const wanted = { offset: writer.offset, rest: arrival.rest, onAnswer: () => void (arrival.hasAnswered = true) }
      await receive(arrival, askForChunks(stream, ref, wanted, stall), stall)
    }
    if (await stall.during(commit(writer))) {
      if (io != null) void acknowledge(io, ref, stallMs, signal, log)
      return { type: 'done' }
    }
    io?.abort(new Error('the bytes do not match the hash'))
    // [RULE 55]
    if (isMixed(writer.offset + restBytes, givers.all, source)) return { type: 'mixed', part: 'whole' }
    return failed(new BlobError('wrong-bytes', 'the blob does not match its hash'), arrival, stall)
  } catch (error) {
    await writer.close(arrival.rest.bytes).catch(() => {})
    io?.abort(asError(error))
    signal.throwIfAborted()
    if (error instanceof ShelfError) throw error
    const isBegun = error instanceof WrongChunkError && arrival.chunks === 0
    // [RULE 55]
    if (isBegun && isMixed(restBytes, givers.rest, source)) return { type: 'mixed', part: 'chunk' }
    return failed(asBlobError(error), arrival, stall)
  } finally {
    stall.clear()
  }
}

/** @param isNew discards what is stored. @returns undefined when the stored bytes were already the whole blob. */
async function begin(shelf: BlobShelf, ref: BlobRef, isNew: boolean): Promise<Arrival | undefined> {
  let writer = await onShelf(shelf.receive(ref))
  if (isNew && writer.offset > 0) {
    // The check fails, and discards the stored bytes: nobody knows which peer sent them.
    if (await commit(writer)) return undefined
    writer = await onShelf(shelf.receive(ref))
  }
  const rest = { bytes: isNew ? new Uint8Array() : writer.rest }
  return { writer, rest, restBytes: rest.bytes.byteLength, hasAnswered: false, chunks: 0, bytes: 0 }
}

async function receive(arrival: Arrival, chunks: AsyncIterable<Uint8Array>, stall: ProgressTimeout): Promise<void> {
  for await (const chunk of chunks) {
    await stall.during(onShelf(arrival.writer.write(chunk)))
    arrival.chunks += 1
    arrival.bytes += chunk.byteLength
  }
}

/** Confirms that the blob is complete on this disk. The blob is here whether or not the other side receives this. */
async function acknowledge(io: StreamIO, ref: BlobRef, stallMs: number, stopped: AbortSignal, log: Logger) {
  const stall = createProgressTimeout(stallMs, stopped)
  try {
    await io.writeFrame(encodeBlobReceipt(ref.sha256), stall.signal)
    await io.end(stall.signal)
  } catch (error) {
    log.debug({ sha256: ref.sha256, err: error }, 'could not send the receipt of a blob')
    io.abort(asError(error))
  } finally {
    stall.clear()
  }
}

function cameOf({ writer, rest, restBytes, chunks, bytes }: Arrival): Came {
  const kept = Math.max(0, bytes + rest.bytes.byteLength - restBytes)
  return { storedBytes: writer.offset, restBytes, bytes: kept, chunks }
}

function failed(error: BlobError, arrival: Arrival, stall: ProgressTimeout): TransferEnd {
  const { hasAnswered } = arrival
  return { type: 'failed', error, hasAnswered, isStalled: stall.signal.aborted, came: cameOf(arrival) }
}
