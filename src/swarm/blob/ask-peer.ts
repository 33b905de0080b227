import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { pipe } from 'it-pipe'
import { asError } from '../../common/error-text.ts'
import { checkChunkHashes, decodeBlobHeader, encodeBlobRequest, isAnnouncedChunk, LIMITS } from '../protocol/index.ts'
import type { BlobHeader, BlobRef } from '../protocol/index.ts'
import type { SwarmNode } from '../libp2p.ts'
import { isOnlyLimited } from '../open-stream.ts'
import { SLICE_BYTES } from '../protocol/bandwidth.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import type { Throttle } from './throttle.ts'
import { BlobError } from './blob-error.ts'
import type { ProgressTimeout } from './progress-timeout.ts'
import { rechunk, type Rest } from './rechunk.ts'
import { hashingMs } from './serving-limits.ts'

export const BLOB_PROTOCOL = '/grav1/blob/1.0.0'

/** Unread bytes of a stream under a limit: what the peer has sent ahead is not held back. */
const UNREAD_BYTES = 4 * SLICE_BYTES

/** A stream to a peer, and how fast it may be read. */
export interface BlobStream {
  readonly io: StreamIO
  readonly pace: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
}

export async function openBlobStream(
  { node, download }: { readonly node: SwarmNode; readonly download?: Throttle | undefined },
  peer: string,
  signal: AbortSignal
): Promise<BlobStream> {
  if (isOnlyLimited(node, peer)) throw new BlobError('unreachable', 'the relay on the way to the peer carries no films')
  const stream = await node.dialProtocol(peerIdFromString(peer), BLOB_PROTOCOL, { signal })
  const isLimited = download?.isLimited(peer) === true
  const io = createStreamIO(stream, isLimited ? { highWaterBytes: UNREAD_BYTES } : {})
  return { io, pace: (source) => download?.pace(peer, source, signal) ?? source }
}

/** What is wanted of a blob, and how far that is. */
export interface Wanted {
  /** Where its first chunk begins. */
  readonly offset: number
  /** What is here of this chunk; at the end, what came of the one that is not complete. */
  readonly rest: Rest
  /** The peer has it. */
  readonly onAnswer?: () => void
}

/** A chunk does not have the hash that its sender announced. */
export class WrongChunkError extends BlobError {
  constructor(index: number) {
    super('wrong-bytes', `chunk ${index} does not match its hash`)
  }
}

/**
 * Asks for the rest of a blob.
 * @returns its chunks, each compared with its announced hash, to the end of the blob; each lasts until the next is asked for. @throws BlobError, ProtocolError
 */
export async function* askForChunks(
  { io, pace }: BlobStream,
  ref: BlobRef,
  { offset, rest, onAnswer }: Wanted,
  stall: ProgressTimeout
): AsyncGenerator<Uint8Array> {
  const from = offset + rest.bytes.byteLength
  await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: from, probe: false }), stall.signal)
  stall.touch(hashingMs(ref.bytes))
  const header = await readHeader(io, ref, stall.signal)
  // [RULE 53] The bytes follow.
  checkChunkHashes(header, ref.bytes)
  stall.touch()
  onAnswer?.()
  let index = offset / LIMITS.chunkBytes
  let left = ref.bytes - offset
  const chunks = pipe(
    io.body(ref.bytes - from, stall.signal),
    pace,
    rechunk(LIMITS.chunkBytes, left, rest),
    // Only complete chunks count: a trickle of bytes is no progress.
    (source) => stall.watch(source)
  )
  for await (const chunk of chunks) {
    // [RULE 52] Before it is written or passed on.
    if (!isAnnouncedChunk(header.chunkHashes, index, createHash('sha256').update(chunk).digest('hex')))
      throw new WrongChunkError(index)
    yield chunk
    index += 1
    left -= chunk.byteLength
  }
  if (left > 0) throw new BlobError('unreachable', 'the peer ended the transfer')
}

/** Asks a peer whether it holds a blob. @throws whatever goes wrong. */
export async function probe(node: SwarmNode, ref: BlobRef, peer: string, signal: AbortSignal): Promise<void> {
  const { io } = await openBlobStream({ node }, peer, signal)
  try {
    await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: 0, probe: true }), signal)
    await readHeader(io, ref, signal)
    await io.end(signal)
  } catch (error) {
    io.abort(asError(error))
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
