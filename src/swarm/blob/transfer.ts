import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { pipe } from 'it-pipe'
import {
  decodeBlobHeader,
  encodeBlobReceipt,
  encodeBlobRequest,
  LIMITS,
  ProtocolError,
  toHex,
  type BlobHeader,
  type BlobRef
} from '../protocol/index.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import { BlobError } from './blob-error.ts'
import { commit, onShelf, ShelfError, type BlobShelf, type ShelfWriter } from './blob-shelf.ts'
import { createProgressTimeout, type ProgressTimeout } from './progress-timeout.ts'
import { rechunk } from './rechunk.ts'
import { hashingMs } from './serving-limits.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export const BLOB_PROTOCOL = '/grav1/blob/1.0.0'

/** `mixed`: the whole has another hash, and not all of it came from this source: nobody is blamed, nothing is kept. */
export type TransferEnd =
  | { readonly type: 'done' }
  | { readonly type: 'mixed' }
  | { readonly type: 'failed'; readonly error: BlobError; readonly gave: boolean }

export interface TransferComponents {
  readonly node: SwarmNode
  readonly shelf: BlobShelf
  readonly log: Logger
}

export interface TransferInit {
  /** Takes nothing that came from others: the whole of it from this source. */
  readonly alone: boolean
  readonly stallMs: number
  readonly signal: AbortSignal
}

/** Brings a blob, or the rest of it, from one peer. @throws ShelfError when this node's disk fails, or the signal's reason. */
export async function transfer(
  { node, shelf, log }: TransferComponents,
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
      const stream = await node.dialProtocol(peerIdFromString(source), BLOB_PROTOCOL, { signal: stall.signal })
      io = createStreamIO(stream)
      await receive(io, ref, writer, stall, progress)
    }
    if (await stall.during(commit(writer))) {
      if (io != null) void acknowledge(io, ref, stallMs, signal, log)
      return { type: 'done' }
    }
    io?.abort(new Error('the bytes do not have the hash'))
    if (writer.offset > 0) return { type: 'mixed' }
    return failed(new BlobError('wrong-bytes', 'the blob does not have its hash'), true)
  } catch (error) {
    await writer.close().catch(() => {})
    io?.abort(error instanceof Error ? error : new Error(String(error)))
    signal.throwIfAborted()
    if (error instanceof ShelfError) throw error
    return failed(asBlobError(error), progress.chunks > 0)
  } finally {
    stall.clear()
  }
}

/** @returns undefined when what lay there was the whole blob. */
async function open(shelf: BlobShelf, ref: BlobRef, alone: boolean): Promise<ShelfWriter | undefined> {
  const writer = await onShelf(shelf.receive(ref))
  if (!alone || writer.offset === 0) return writer
  // Fails, and that throws away what was there: of whom that is nobody knows.
  if (await commit(writer)) return undefined
  return onShelf(shelf.receive(ref))
}

async function receive(
  io: StreamIO,
  ref: BlobRef,
  writer: ShelfWriter,
  stall: ProgressTimeout,
  progress: { chunks: number }
): Promise<void> {
  await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: writer.offset, probe: false }), stall.signal)
  stall.touch(hashingMs(ref.bytes))
  const { chunkHashes } = await readHeader(io, ref, stall.signal)
  // [RULE 53] Only the answer to a probe may come without the hash of every chunk.
  if (chunkHashes.byteLength !== Math.ceil(ref.bytes / LIMITS.chunkBytes) * 32)
    throw new ProtocolError('invalid', 'the chunk hashes are missing')
  stall.touch()
  let index = writer.offset / LIMITS.chunkBytes
  let left = ref.bytes - writer.offset
  await pipe(
    io.body(left, stall.signal),
    rechunk(LIMITS.chunkBytes),
    // Whole chunks count, not bytes: a trickle is no progress.
    (source) => stall.watch(source),
    async (chunks) => {
      for await (const chunk of chunks) {
        if (chunk.byteLength < Math.min(left, LIMITS.chunkBytes)) break
        // [RULE 52] Each chunk is compared with its announced hash before it is written.
        const expected = toHex(chunkHashes.subarray(index * 32, index * 32 + 32))
        if (createHash('sha256').update(chunk).digest('hex') !== expected)
          throw new BlobError('wrong-bytes', `chunk ${index} does not have its hash`)
        await stall.during(onShelf(writer.write(chunk)))
        progress.chunks += 1
        index += 1
        left -= chunk.byteLength
      }
    }
  )
  if (left > 0) throw new BlobError('unreachable', 'the peer ended the transfer')
}

/** Asks a peer whether it holds a blob. @throws whatever goes wrong. */
export async function probe(node: SwarmNode, ref: BlobRef, peer: string, signal: AbortSignal): Promise<void> {
  const io = createStreamIO(await node.dialProtocol(peerIdFromString(peer), BLOB_PROTOCOL, { signal }))
  try {
    await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: 0, probe: true }), signal)
    await readHeader(io, ref, signal)
    await io.end(signal)
  } catch (error) {
    io.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

/** @throws BlobError when the peer does not hold this blob, ProtocolError when that is no header. */
async function readHeader(io: StreamIO, ref: BlobRef, signal: AbortSignal): Promise<BlobHeader> {
  const frame = await io.readFrame(LIMITS.blobHeaderBytesMax, signal)
  if (frame == null) throw new BlobError('unreachable', 'the peer ended the transfer')
  const header = decodeBlobHeader(frame)
  if (header.status !== 'ok') throw new BlobError(header.status, `the peer says: ${header.status}`)
  if (header.bytes !== ref.bytes)
    throw new BlobError('wrong-bytes', `the peer has ${header.bytes} bytes, not ${ref.bytes}`)
  return header
}

/** Says that the blob is whole on this disk. That it is here does not depend on whether the other side hears of it. */
async function acknowledge(io: StreamIO, ref: BlobRef, stallMs: number, stopped: AbortSignal, log: Logger) {
  const stall = createProgressTimeout(stallMs, stopped)
  try {
    await io.writeFrame(encodeBlobReceipt(ref.sha256), stall.signal)
    await io.end(stall.signal)
  } catch (error) {
    log.debug({ sha256: ref.sha256, err: error }, 'the receipt of a blob was not sent')
    io.abort(error instanceof Error ? error : new Error(String(error)))
  } finally {
    stall.clear()
  }
}

function failed(error: BlobError, gave: boolean): TransferEnd {
  return { type: 'failed', error, gave }
}

function asBlobError(error: unknown): BlobError {
  if (error instanceof BlobError) return error
  if (error instanceof ProtocolError) return new BlobError('wrong-bytes', error.message, { cause: error })
  return new BlobError('unreachable', 'the peer that holds the blob cannot be reached, or broke off', { cause: error })
}
