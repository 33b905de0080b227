const KiB = 1024
const MiB = 1024 * KiB

/** What this node does for others at most. How many streams it answers is in `doors/door-limits.ts`. */
export const SERVING = {
  /** Fewer are enough for a worker with many slots to load its pieces quickly; more would starve the other peers. */
  transfersPerPeerMax: 8,
  /** Of the transfers from one peer, at most this many are streams for players, which may stop reading: pieces and results never wait for them. */
  readsPerPeerMax: 4,
  /** Each holds a chunk or two in memory and an open file. */
  transfersMax: 64,
  /** A peer asks once for each piece, result or probe, and none of them is shorter than a fraction of a second. */
  requestsPerSecond: 20,
  /** All slots of a large worker that was just granted scenes, and those it fetches ahead. */
  requestsBurst: 200,
  /** More than a node has connections. */
  ratedPeersMax: 1024,
  /** A request has about 50 bytes, a receipt 40. */
  requestBytesMax: 1 * KiB,
  /** Unread bytes of one stream: only a request and the receipt after it are ever due. */
  unreadBytesMax: 4 * KiB,
  /** Eight lists of the largest blobs, or those of a thousand films' pieces. */
  hashListBytesMax: 16 * MiB,
  /** Files that are hashed at once: hashing takes disk and processor time from the encoders. */
  hashingParallel: 2,
  hashingMax: 64,
  /** A slow disk reads this many bytes in a millisecond; the wait for the other side's hashing follows from it. */
  hashedBytesPerMs: 20 * KiB
} as const

/** How long the other side may take, beyond the usual, to hash a blob before it answers. */
export function hashingMs(bytes: number): number {
  return Math.ceil(bytes / SERVING.hashedBytesPerMs)
}
