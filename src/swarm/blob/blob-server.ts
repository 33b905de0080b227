import { pipe } from 'it-pipe'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import {
  checkDelivered,
  decodeBlobRequest,
  encodeBlobHeader,
  LIMITS,
  ProtocolError,
  type BlobRef,
  type BlobRequest
} from '../protocol/index.ts'
import { BlobError } from './blob-error.ts'
import { createChunkHashes, fileChunks } from './chunk-hashes.ts'
import { createPeerCounter } from './peer-counter.ts'
import { createProgressTimeout, type ProgressTimeout } from './progress-timeout.ts'
import { hashingMs, SERVING } from './serving-limits.ts'
import type { BlobShelf } from './blob-shelf.ts'
import type { Logger } from '../logger.ts'
import { createRateLimit } from '../rate-limit.ts'
import type { StreamIO } from '../stream-io.ts'
import type { Throttle } from './throttle.ts'

/** A file that is served by its hash although it is not on the shelf. */
export interface ServedFile {
  readonly path: string
  readonly bytes: number
}

/** Finds one of them for a peer; undefined where there is none, or none for this peer. */
export type FindFile = (sha256: string, peer: string) => Promise<ServedFile | undefined>

/** Whether a blob of the shelf is for this peer. */
export type MayHave = (peer: string, sha256: string) => boolean

export interface BlobServerComponents {
  readonly shelf: BlobShelf
  readonly findFile: FindFile
  /** Whether a peer gets blobs of the shelf. */
  readonly mayHave: MayHave
  readonly log: Logger
  /** What is sent to peers. */
  readonly upload: Throttle
  /** A peer has confirmed that it has the complete, checked blob on its disk. */
  readonly onDelivered: (peer: string, ref: BlobRef) => void
}

export interface BlobServerInit {
  readonly stallMs: number
  readonly signal: AbortSignal
}

export interface BlobServer {
  /** Answers one stream, whatever it receives; never throws. */
  serve: (io: StreamIO, peer: string) => Promise<void>
}

/** Of the time after which a peer gives up. */
const LINE_SHARE = 0.6

const NO_HASHES = new Uint8Array()

/** Gives blobs of this node to peers that ask for them, within limits. */
export function createBlobServer(
  { shelf, findFile, mayHave, log, upload, onDelivered }: BlobServerComponents,
  init: BlobServerInit
): BlobServer {
  const transfers = createPeerCounter({ perPeerMax: SERVING.transfersPerPeerMax, allMax: SERVING.transfersMax })
  const rate = createRateLimit({
    perSecond: SERVING.requestsPerSecond,
    burst: SERVING.requestsBurst,
    peersMax: SERVING.ratedPeersMax
  })
  const hashes = createChunkHashes({
    bytesMax: SERVING.hashListBytesMax,
    parallel: SERVING.hashingParallel,
    runningMax: SERVING.hashingMax,
    signal: init.signal
  })

  async function answer(io: StreamIO, peer: string, stall: ProgressTimeout): Promise<void> {
    // Checked before anything is read, so that a flood of requests does not touch the disk.
    if (!rate.take(peer)) return refuse(io, 'busy', stall)
    const frame = await io.readFrame(SERVING.requestBytesMax, stall.signal)
    if (frame == null) throw new ProtocolError('malformed', 'no request')
    const request = decodeBlobRequest(frame)
    const file = await stall.during(find(request.sha256, peer))
    if (file == null || file.bytes === 0 || request.offset >= file.bytes) return refuse(io, 'not-found', stall)
    if (request.probe) return finish(io, { status: 'ok', bytes: file.bytes, chunkHashes: NO_HASHES }, stall)
    const leave = transfers.enter(peer)
    if (leave == null) return refuse(io, 'busy', stall)
    let end: (() => void) | undefined
    try {
      end = await inLine(peer, stall)
      if (end == null) return await refuse(io, 'busy', stall)
      await send(io, peer, request, file, stall)
    } finally {
      end?.()
      leave()
    }
  }

  /** Waits for a share of the upload limit, for less long than the peer waits for an answer. @returns undefined where none came free */
  async function inLine(peer: string, stall: ProgressTimeout): Promise<(() => void) | undefined> {
    const late = AbortSignal.timeout(Math.floor(init.stallMs * LINE_SHARE))
    try {
      return await stall.during(upload.enter(peer, anySignal([late, init.signal])))
    } catch (error) {
      if (late.aborted) return undefined
      throw error
    }
  }

  async function find(sha256: string, peer: string): Promise<ServedFile | undefined> {
    const bytes = mayHave(peer, sha256) ? await shelf.size(sha256) : undefined
    if (bytes != null) return { path: shelf.path(sha256), bytes }
    const file = await findFile(sha256, peer)
    return file == null || file.bytes > LIMITS.blobBytesMax ? undefined : file
  }

  async function send(
    io: StreamIO,
    peer: string,
    { sha256, offset }: BlobRequest,
    { path, bytes }: ServedFile,
    stall: ProgressTimeout
  ) {
    const ref = { sha256, bytes }
    const chunkHashes = await listOf(sha256, path, stall)
    if (typeof chunkHashes === 'string') return refuse(io, chunkHashes, stall)
    await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: ref.bytes, chunkHashes }), stall.signal)
    await pipe(
      fileChunks(path, offset, init.signal),
      (source) => stall.watch(source),
      (source) => upload.pace(peer, source, stall.signal),
      async (source) => {
        for await (const chunk of source) await io.write(chunk, stall.signal)
      }
    )
    await io.end(stall.signal)
    stall.touch(hashingMs(ref.bytes))
    const frame = await io.readFrame(SERVING.requestBytesMax, stall.signal)
    // The peer only passed the bytes on, or is gone.
    if (frame == null) {
      log.debug({ peer, ...ref, offset }, 'the peer left without a receipt')
      return undefined
    }
    // [RULE 54]
    checkDelivered(frame, ref.sha256)
    log.debug({ peer, ...ref, offset }, 'blob delivered')
    onDelivered(peer, ref)
  }

  async function listOf(sha256: string, path: string, stall: ProgressTimeout) {
    try {
      const list = await stall.during(hashes.of(sha256, path))
      if (list != null) return list
      log.warn({ sha256 }, 'a blob on this disk does not match its hash; not handing it out')
      return 'not-found'
    } catch (error) {
      if (error instanceof BlobError && error.code === 'busy') return 'busy'
      throw error
    }
  }

  return {
    serve: async (io, peer) => {
      const stall = createProgressTimeout(init.stallMs, init.signal)
      try {
        await answer(io, peer, stall)
        await readAway(io, stall.signal)
      } catch (error) {
        log.debug({ peer, err: error }, 'could not deliver a blob')
        io.abort(asError(error))
      } finally {
        stall.clear()
      }
    }
  }
}

async function refuse(io: StreamIO, status: 'not-found' | 'busy', stall: ProgressTimeout): Promise<void> {
  await finish(io, { status, bytes: 0, chunkHashes: NO_HASHES }, stall)
}

/** A header without bytes after it. */
async function finish(
  io: StreamIO,
  header: Parameters<typeof encodeBlobHeader>[0],
  stall: ProgressTimeout
): Promise<void> {
  await io.writeFrame(encodeBlobHeader(header), stall.signal)
  await io.end(stall.signal)
}

/** Waits until the remote ends its side; the deadline ends a stream that never does. */
async function readAway(io: StreamIO, signal: AbortSignal): Promise<void> {
  let bytes = 0
  for await (const data of io.body(Infinity, signal)) {
    bytes += data.byteLength
    if (bytes > SERVING.requestBytesMax)
      throw new ProtocolError('too-large', 'the peer sends more than it was asked for')
  }
}
