import { asError } from '../../common/error-text.ts'
import { encodeBlobReceipt, isMixed, type BlobRef } from '../protocol/index.ts'
import { askForChunks, type BlobStream, openBlobStream } from './ask-peer.ts'
import { asBlobError, BlobError } from './blob-error.ts'
import { commit, onShelf, ShelfError, type BlobShelf, type ShelfWriter } from './blob-shelf.ts'
import { createProgressTimeout, type ProgressTimeout } from './progress-timeout.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { StreamIO } from '../stream-io.ts'
import type { Throttle } from './throttle.ts'

/** `mixed`: the whole does not match its hash, and not all of it came from this source: nobody is blamed, and nothing is kept. */
export type TransferEnd =
  | { readonly type: 'done' }
  | { readonly type: 'mixed' }
  | { readonly type: 'failed'; readonly error: BlobError; readonly gave: boolean }

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
  readonly stallMs: number
  readonly signal: AbortSignal
}

/** Fetches a blob, or the rest of it, from one peer. @throws ShelfError when this node's disk fails, or the signal's reason. */
export async function transfer(
  { node, shelf, log, download }: TransferComponents,
  ref: BlobRef,
  source: string,
  { alone, stallMs, signal }: TransferInit
): Promise<TransferEnd> {
  const writer = await open(shelf, ref, alone)
  if (writer == null) return { type: 'done' }
  const stall = createProgressTimeout(stallMs, signal)
  const progress = { chunks: 0 }
  let io: StreamIO | undefined
  try {
    if (writer.offset < ref.bytes) {
      const stream = await openBlobStream({ node, download }, source, stall.signal)
      io = stream.io
      await receive(stream, ref, writer, stall, progress)
    }
    if (await stall.during(commit(writer))) {
      if (io != null) void acknowledge(io, ref, stallMs, signal, log)
      return { type: 'done' }
    }
    io?.abort(new Error('the bytes do not match the hash'))
    // [RULE 55]
    if (isMixed(writer.offset)) return { type: 'mixed' }
    return failed(new BlobError('wrong-bytes', 'the blob does not match its hash'), true)
  } catch (error) {
    await writer.close().catch(() => {})
    io?.abort(asError(error))
    signal.throwIfAborted()
    if (error instanceof ShelfError) throw error
    return failed(asBlobError(error), progress.chunks > 0)
  } finally {
    stall.clear()
  }
}

/** @returns undefined when the stored bytes were already the whole blob. */
async function open(shelf: BlobShelf, ref: BlobRef, alone: boolean): Promise<ShelfWriter | undefined> {
  const writer = await onShelf(shelf.receive(ref))
  if (!alone || writer.offset === 0) return writer
  // The check fails, and discards the stored bytes: nobody knows which peer sent them.
  if (await commit(writer)) return undefined
  return onShelf(shelf.receive(ref))
}

async function receive(
  stream: BlobStream,
  ref: BlobRef,
  writer: ShelfWriter,
  stall: ProgressTimeout,
  progress: { chunks: number }
): Promise<void> {
  for await (const chunk of askForChunks(stream, ref, writer.offset, stall)) {
    await stall.during(onShelf(writer.write(chunk)))
    progress.chunks += 1
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

function failed(error: BlobError, gave: boolean): TransferEnd {
  return { type: 'failed', error, gave }
}
