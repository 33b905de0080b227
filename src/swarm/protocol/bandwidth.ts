import { LIMITS } from './limits.ts'

/** What one direction may still send at once; below 0 it has sent ahead. */
export interface Bucket {
  readonly bytes: number
  readonly atMs: number
}

const KIB = 1024

/** The least that a limit can be: a chunk then takes 8 s, and a transfer that completes none for 30 s is given up. */
export const BANDWIDTH_MIN = 32 * KIB

/** Bytes that are sent or read in one go under a limit: small, so that messages of other protocols wait for little. */
export const SLICE_BYTES = 16 * KIB

/** What is saved up while nothing moves: more would be a burst that fills the router's queue. */
const SAVED_MS = 100

/** How long a chunk may take while all transfers share the limit. */
const CHUNK_MS = 10_000

const TRANSFERS_MAX = 64

/** The bucket at a later time. @param rate bytes per second */
export function filled({ bytes, atMs }: Bucket, rate: number, nowMs: number): Bucket {
  const saved = Math.max(SLICE_BYTES, (rate * SAVED_MS) / 1000)
  const gained = (Math.max(0, nowMs - atMs) / 1000) * rate
  return { bytes: Math.min(saved, bytes + gained), atMs: Math.max(atMs, nowMs) }
}

/** Whether something may be sent now. What is sent may be more than there is: the next one then waits longer. */
export const mayDraw = ({ bytes }: Bucket): boolean => bytes > 0

export const drawn = ({ bytes, atMs }: Bucket, sent: number): Bucket => ({ bytes: bytes - sent, atMs })

/** When something may be sent again, in milliseconds from now. */
export function refillMs({ bytes }: Bucket, rate: number): number {
  return bytes > 0 ? 0 : Math.max(1, Math.ceil(((1 - bytes) / rate) * 1000))
}

/** How many transfers may share a limit, so that none of them looks stalled. */
export function transfersAtOnce(rate: number): number {
  const chunks = Math.floor((rate * CHUNK_MS) / 1000 / LIMITS.chunkBytes)
  return Math.min(TRANSFERS_MAX, Math.max(1, chunks))
}
