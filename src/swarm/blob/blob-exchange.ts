import { raceSignal } from 'race-signal'
import { anySignal } from '../../common/any-signal.ts'
import { createStreamIO } from '../stream-io.ts'
import { BLOB_PROTOCOL } from './ask-peer.ts'
import { type Bandwidth, createBandwidth } from './bandwidth.ts'
import { createBlobServer, type FindFile, type MayHave } from './blob-server.ts'
import { ShelfError, type BlobShelf } from './blob-shelf.ts'
import { fetchBlob } from './fetch-blob.ts'
import { readBlob, type BlobPart } from './read-blob.ts'
import { SERVING } from './serving-limits.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import { createTurns } from './turns.ts'
import type { BlobRef } from '../protocol/index.ts'

export { BlobError } from './blob-error.ts'
export { BLOB_PROTOCOL } from './ask-peer.ts'
export type { ServedFile } from './blob-server.ts'
export type { BlobPart } from './read-blob.ts'

const STALL_MS = 30_000
const BUSY_WAIT_MS = 500

export interface FetchOptions {
  readonly signal: AbortSignal
  /** Where the best source is beyond the local network, peers on it that hold the blob are asked first. Default false. */
  readonly nearFirst?: boolean
}

export interface BlobExchange {
  /** Serves files in addition to those on the shelf. Default none; the last call counts. */
  serveFiles: (find: FindFile) => void
  start: () => Promise<void>
  stop: () => Promise<void>
  /**
   * Fetches a blob to this node's shelf; an interrupted transfer resumes where it stopped, even from another source.
   * @param sources peer ids that may hold it, best first; duplicates and this node are ignored. If all fail, connected peers are asked.
   * @throws BlobError, what the shelf threw, or the signal's reason.
   */
  fetch: (ref: BlobRef, sources: readonly string[], options: FetchOptions) => Promise<void>
  /**
   * A part of a blob, directly from the peer that vouches for its hash, without keeping anything; ends with the generator.
   * @throws BlobError or the signal's reason.
   */
  read: (
    ref: BlobRef,
    source: string,
    part: BlobPart,
    options: { readonly signal: AbortSignal }
  ) => AsyncGenerator<Uint8Array>
}

export interface BlobExchangeComponents {
  readonly node: SwarmNode
  readonly shelf: BlobShelf
  readonly log: Logger
  /** Whether what a peer sends stays on the local network. Default: no peer's. */
  readonly isNear?: (peer: string) => boolean
  /** Limits of what is sent and fetched. Default: none. */
  readonly bandwidth?: Bandwidth
  /** Which peers get blobs of the shelf; to others it looks empty. Default: all. */
  readonly mayHave?: MayHave
}

export interface BlobExchangeInit {
  /** A transfer that completes no chunk for this long is given up. Default 30,000. */
  readonly stallMs?: number
  /** First pause before a busy source is asked again; doubles. Default 500. */
  readonly busyWaitMs?: number
  /** A peer has confirmed that it holds the complete, checked blob. */
  readonly onDelivered?: (peer: string, ref: BlobRef) => void
}

export function createBlobExchange(components: BlobExchangeComponents, init: BlobExchangeInit = {}): BlobExchange {
  const { node, shelf, log, mayHave = () => true, bandwidth = createBandwidth(), isNear = () => false } = components
  const { upload, download } = bandwidth
  const stallMs = init.stallMs ?? STALL_MS
  const busyWaitMs = init.busyWaitMs ?? BUSY_WAIT_MS
  const stopped = new AbortController()
  let findFile: FindFile | undefined
  const server = createBlobServer(
    {
      shelf,
      mayHave,
      log,
      upload,
      onDelivered: init.onDelivered ?? (() => {}),
      findFile: async (sha256, peer) => findFile?.(sha256, peer)
    },
    { stallMs, signal: stopped.signal }
  )
  const turns = createTurns(SERVING.transfersPerPeerMax)
  const readTurns = createTurns(SERVING.readsPerPeerMax)
  const fetching = new Map<string, Promise<void>>()

  return {
    serveFiles: (find) => void (findFile = find),
    start: async () =>
      node.handle(BLOB_PROTOCOL, async (stream, connection) => {
        const io = createStreamIO(stream, { highWaterBytes: SERVING.unreadBytesMax, whenFull: 'abort' })
        await server.serve(io, connection.remotePeer.toString())
      }),
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(BLOB_PROTOCOL)
    },
    fetch: async (ref, sources, options) => {
      const signal = anySignal([options.signal, stopped.signal])
      if (await shelf.has(ref)) return
      // Scenes may share a piece: one transfer serves all callers that wait for it.
      for (let running = fetching.get(ref.sha256); running != null; running = fetching.get(ref.sha256)) {
        await raceSignal(
          running.catch(() => {}),
          signal
        )
        if (await shelf.has(ref)) return
      }
      const mine = fetchBlob({ node, shelf, log, turns, download, isNear }, ref, sources, {
        stallMs,
        busyWaitMs,
        nearFirst: options.nearFirst ?? false,
        signal
      })
      fetching.set(ref.sha256, mine)
      try {
        await mine
      } catch (error) {
        throw error instanceof ShelfError ? error.cause : error
      } finally {
        if (fetching.get(ref.sha256) === mine) fetching.delete(ref.sha256)
      }
    },
    read: (ref, source, part, options) =>
      readBlob({ node, log, turns, readTurns, download }, ref, source, part, {
        stallMs,
        busyWaitMs,
        signal: anySignal([options.signal, stopped.signal])
      })
  }
}
