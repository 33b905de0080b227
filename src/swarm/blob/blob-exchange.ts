import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { peerIdFromString } from '@libp2p/peer-id'
import { pipe } from 'it-pipe'
import {
  decodeBlobHeader,
  decodeBlobRequest,
  encodeBlobHeader,
  encodeBlobRequest,
  LIMITS,
  ProtocolError,
  toHex
} from '../protocol/index.ts'
import { createStreamIO, duplex, type StreamIO } from '../stream-io.ts'
import { createProgressTimeout, type ProgressTimeout } from './progress-timeout.ts'
import { rechunk } from './rechunk.ts'
import type { BlobRef } from '../protocol/index.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export const BLOB_PROTOCOL = '/grav1/blob/1.0.0'

const STALL_MS = 30_000
const SENDING_PER_PEER_MAX = 8
const SENDING_MAX = 64
/** Chunk hash lists kept in memory, so that a piece which many fetch is hashed once. */
const HASH_LISTS_MAX = 256

/** Where blobs lie. */
export interface BlobShelf {
  path: (sha256: string) => string
  size: (sha256: string) => Promise<number | undefined>
  has: (ref: BlobRef) => Promise<boolean>
  receive: (ref: BlobRef) => Promise<{
    readonly offset: number
    write: (chunk: Uint8Array) => Promise<void>
    commit: () => Promise<void>
    close: () => Promise<void>
  }>
}

export type BlobErrorCode = 'not-found' | 'busy' | 'wrong-bytes' | 'unreachable'

/** A blob could not be had from a peer. */
export class BlobError extends Error {
  readonly code: BlobErrorCode

  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobError'
    this.code = code
  }
}

export interface BlobExchange {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Brings a blob to this node's shelf; a transfer that broke goes on where it was. @throws BlobError, or the signal's reason. */
  fetch: (ref: BlobRef, from: string, options: { readonly signal: AbortSignal }) => Promise<void>
}

export interface BlobExchangeComponents {
  readonly node: SwarmNode
  readonly shelf: BlobShelf
  readonly log: Logger
}

export interface BlobExchangeInit {
  /** A transfer that brings nothing for so long is given up. Default 30,000. */
  readonly stallMs?: number
}

export function createBlobExchange(
  { node, shelf, log }: BlobExchangeComponents,
  init: BlobExchangeInit = {}
): BlobExchange {
  const stallMs = init.stallMs ?? STALL_MS
  const stopped = new AbortController()
  const sending = new Map<string, number>()
  const hashLists = new Map<string, Uint8Array>()
  const fetching = new Map<string, Promise<void>>()

  async function chunkHashes(sha256: string): Promise<Uint8Array> {
    const known = hashLists.get(sha256)
    if (known != null) return known
    const hashes: Buffer[] = []
    for await (const chunk of fileChunks(shelf.path(sha256), 0))
      hashes.push(createHash('sha256').update(chunk).digest())
    const list = new Uint8Array(Buffer.concat(hashes))
    const oldest = hashLists.keys().next().value
    if (hashLists.size >= HASH_LISTS_MAX && oldest != null) hashLists.delete(oldest)
    hashLists.set(sha256, list)
    return list
  }

  async function serve(io: StreamIO): Promise<void> {
    const stall = createProgressTimeout(stallMs, stopped.signal)
    try {
      const frame = await io.readFrame(LIMITS.sessionMessageBytesMax, stall.signal)
      if (frame == null) return
      const { sha256, offset } = decodeBlobRequest(frame)
      const bytes = await shelf.size(sha256)
      if (bytes == null || bytes === 0 || offset >= bytes) {
        await refuse(io, 'not-found')
        return
      }
      await io.writeFrame(
        encodeBlobHeader({ status: 'ok', bytes, chunkHashes: await chunkHashes(sha256) }),
        stall.signal
      )
      const { sink } = duplex(io, stall.signal)
      await pipe(fileChunks(shelf.path(sha256), offset), (source) => stall.watch(source), sink)
    } finally {
      stall.clear()
    }
  }

  async function refuse(io: StreamIO, status: 'not-found' | 'busy'): Promise<void> {
    await io.writeFrame(encodeBlobHeader({ status, bytes: 0, chunkHashes: new Uint8Array() }))
    await io.end()
  }

  async function transfer(ref: BlobRef, from: string, signal: AbortSignal): Promise<void> {
    if (await transferRest(ref, from, signal)) return
    // What was left of an earlier transfer was not of this blob: all of it from this peer.
    if (!(await transferRest(ref, from, signal))) throw new BlobError('wrong-bytes', 'the blob does not have its hash')
  }

  /** @returns false when the whole turned out to have another hash; nothing of it is kept then. */
  async function transferRest(ref: BlobRef, from: string, signal: AbortSignal): Promise<boolean> {
    const writer = await shelf.receive(ref)
    const stall = createProgressTimeout(stallMs, AbortSignal.any([signal, stopped.signal]))
    let io: StreamIO | undefined
    try {
      if (writer.offset < ref.bytes) {
        const stream = await node.dialProtocol(peerIdFromString(from), BLOB_PROTOCOL, { signal: stall.signal })
        io = createStreamIO(stream)
        await receiveChunks(io, ref, writer, stall)
      }
      await writer.commit()
      await io?.end()
      return true
    } catch (error) {
      await writer.close().catch(() => {})
      io?.abort(error instanceof Error ? error : new Error(String(error)))
      signal.throwIfAborted()
      const { code, syscall } = error as NodeJS.ErrnoException
      if (code === 'hash-mismatch') return false
      // Of this node's disk.
      if (error instanceof BlobError || (syscall != null && io != null)) throw error
      if (error instanceof ProtocolError) throw new BlobError('wrong-bytes', error.message, { cause: error })
      throw new BlobError('unreachable', 'the peer that holds the blob cannot be reached, or broke off', {
        cause: error
      })
    } finally {
      stall.clear()
    }
  }

  async function receiveChunks(
    io: StreamIO,
    ref: BlobRef,
    writer: { readonly offset: number; write: (chunk: Uint8Array) => Promise<void> },
    stall: ProgressTimeout
  ): Promise<void> {
    await io.writeFrame(encodeBlobRequest({ sha256: ref.sha256, offset: writer.offset, probe: false }), stall.signal)
    const frame = await io.readFrame(LIMITS.blobHeaderBytesMax, stall.signal)
    if (frame == null) throw new BlobError('unreachable', 'the peer ended the transfer')
    const header = decodeBlobHeader(frame)
    if (header.status !== 'ok') throw new BlobError(header.status, `the peer says: ${header.status}`)
    if (header.bytes !== ref.bytes)
      throw new BlobError('wrong-bytes', `the peer has ${header.bytes} bytes, not ${ref.bytes}`)
    let index = writer.offset / LIMITS.chunkBytes
    let left = ref.bytes - writer.offset
    await pipe(
      io.body(left, stall.signal),
      (source) => stall.watch(source),
      rechunk(LIMITS.chunkBytes),
      async (chunks) => {
        for await (const chunk of chunks) {
          if (chunk.byteLength < Math.min(left, LIMITS.chunkBytes)) break
          // [RULE 52] Each chunk is compared with its announced hash before it is written.
          const expected = toHex(header.chunkHashes.subarray(index * 32, index * 32 + 32))
          if (createHash('sha256').update(chunk).digest('hex') !== expected)
            throw new BlobError('wrong-bytes', `chunk ${index} does not have its hash`)
          await writer.write(chunk)
          index += 1
          left -= chunk.byteLength
        }
      }
    )
    if (left > 0) throw new BlobError('unreachable', 'the peer ended the transfer')
  }

  return {
    start: async () => {
      await node.handle(
        BLOB_PROTOCOL,
        async (stream, connection) => {
          const io = createStreamIO(stream)
          const peer = connection.remotePeer.toString()
          const mine = sending.get(peer) ?? 0
          const all = [...sending.values()].reduce((sum, count) => sum + count, 0)
          try {
            if (mine >= SENDING_PER_PEER_MAX || all >= SENDING_MAX) {
              await refuse(io, 'busy')
              return
            }
            sending.set(peer, mine + 1)
            try {
              await serve(io)
            } finally {
              const left = (sending.get(peer) ?? 1) - 1
              if (left === 0) sending.delete(peer)
              else sending.set(peer, left)
            }
          } catch (error) {
            log.debug({ peer, err: error }, 'sending a blob failed')
            io.abort(error instanceof Error ? error : new Error(String(error)))
          }
        },
        { maxInboundStreams: 32 }
      )
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(BLOB_PROTOCOL)
    },
    fetch: async (ref, from, { signal }) => {
      if (await shelf.has(ref)) return
      if (from === node.peerId.toString())
        throw new BlobError('not-found', 'this node should hold the blob and does not')
      // Scenes may share a piece: one transfer serves all that wait for it.
      for (let running = fetching.get(ref.sha256); running != null; running = fetching.get(ref.sha256)) {
        await settled(running, signal)
        if (await shelf.has(ref)) return
      }
      const mine = transfer(ref, from, signal)
      fetching.set(ref.sha256, mine)
      try {
        await mine
      } finally {
        if (fetching.get(ref.sha256) === mine) fetching.delete(ref.sha256)
      }
    }
  }
}

async function* fileChunks(path: string, offset: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { start: offset, highWaterMark: LIMITS.chunkBytes }))
    yield chunk as Uint8Array
}

/** Waits for another's transfer, however it ends. @throws the signal's reason. */
async function settled(running: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<void>()
  const onAbort = (): void => aborted.resolve()
  signal.addEventListener('abort', onAbort)
  try {
    await Promise.race([running.catch(() => {}), aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  signal.throwIfAborted()
}
