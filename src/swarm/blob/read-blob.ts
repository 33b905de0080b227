import { setTimeout as after } from 'node:timers/promises'
import { isProgress, LIMITS, type BlobRef } from '../protocol/index.ts'
import { askForChunks, openBlobStream } from './ask-peer.ts'
import { asBlobError } from './blob-error.ts'
import { createProgressTimeout } from './progress-timeout.ts'
import type { Rest } from './rechunk.ts'
import { reachPeer } from '../command/reach-peer.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { StreamIO } from '../stream-io.ts'
import type { Throttle } from './throttle.ts'
import type { Turns } from './turns.ts'

/** Bytes of a blob, both ends included. */
export interface BlobPart {
  readonly first: number
  readonly last: number
}

export interface ReadComponents {
  readonly node: SwarmNode
  readonly log: Logger
  readonly download: Throttle
  /** Transfers from one peer, shared with those that are stored. */
  readonly turns: Turns
  /** Parts that are read from one peer: some of its transfers stay free for blobs to store. */
  readonly readTurns: Turns
}

export interface ReadInit {
  readonly stallMs: number
  /** First pause before a source that was busy or broke off is asked again; doubles. */
  readonly busyWaitMs: number
  readonly signal: AbortSignal
}

/** Times in a row that a source may fail without progress between. */
const FAILURES_MAX = 3

/**
 * A part of a blob, directly from one peer, without keeping anything. Each chunk matches the hash that this peer announced; only the whole blob could prove that these are the
 * right hashes, so `source` must be the peer that vouches for the blob's hash. If the reader pauses for `stallMs`, the transfer is released, and restarted when the reader continues.
 * @throws BlobError or the signal's reason.
 */
export async function* readBlob(
  components: ReadComponents,
  ref: BlobRef,
  source: string,
  { first, last }: BlobPart,
  init: ReadInit
): AsyncGenerator<Uint8Array> {
  let at = first
  const rest: Rest = { bytes: new Uint8Array() }
  for (let failures = 0; at <= last;) {
    const restBytes = rest.bytes.byteLength
    try {
      for await (const bytes of readOnce(components, ref, source, { first: at, last, rest }, init)) {
        failures = 0
        at += bytes.byteLength
        yield bytes
      }
    } catch (thrown) {
      init.signal.throwIfAborted()
      const error = asBlobError(thrown)
      failures = isProgress(rest.bytes.byteLength - restBytes) ? 1 : failures + 1
      const mayPass = error.code === 'busy' || (error.code === 'unreachable' && at + rest.bytes.byteLength > first)
      if (!mayPass || failures > FAILURES_MAX) throw error
      components.log.debug({ peer: source, ...ref, at, err: error }, 'a part of a blob was asked for twice')
      await after(init.busyWaitMs * 2 ** (failures - 1), undefined, { signal: init.signal })
    }
  }
}

async function* readOnce(
  { node, turns, readTurns, download }: ReadComponents,
  ref: BlobRef,
  source: string,
  { first, last, rest }: BlobPart & { readonly rest: Rest },
  { stallMs, signal }: ReadInit
): AsyncGenerator<Uint8Array> {
  const endRead = await readTurns.take(source, signal)
  const endTurn = await turns.take(source, signal).catch((error: unknown) => {
    endRead()
    throw error
  })
  const leave = await download.enter(source, signal).catch((error: unknown) => {
    endTurn()
    endRead()
    throw error
  })
  const stall = createProgressTimeout(stallMs, signal)
  let io: StreamIO | undefined
  const giveBack = once(() => {
    io?.abort(new Error('reading has ended'))
    leave()
    endTurn()
    endRead()
  })
  // A paused reader never reaches the end of this function.
  stall.signal.addEventListener('abort', giveBack)
  try {
    await reachPeer(node, source, stall.signal)
    const stream = await openBlobStream({ node, download }, source, stall.signal)
    io = stream.io
    let at = first - (first % LIMITS.chunkBytes)
    for await (const chunk of askForChunks(stream, ref, { offset: at, rest }, stall)) {
      yield chunk.slice(Math.max(0, first - at), last + 1 - at)
      at += chunk.byteLength
      if (at > last) return
    }
  } finally {
    stall.clear()
    stall.signal.removeEventListener('abort', giveBack)
    giveBack()
  }
}

function once(task: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    task()
  }
}
