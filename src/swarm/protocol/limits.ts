const KiB = 1024
const MiB = 1024 * KiB

/** Every limit on what a peer may send or make this node keep, each with its reason. */
export const LIMITS = {
  /** One signed record. Gossip above 64 KiB delays everything else on the connection. */
  envelopeBytesMax: 64 * KiB,
  /** One message on a session; holds one grant, which holds one claim, or an error text. */
  sessionMessageBytesMax: 32 * KiB,
  /** A file name on the usual file systems. */
  titleCharsMax: 255,
  /** Longest lease: a year, whatever was expected. */
  hardMsMax: 365 * 24 * 3_600_000,
  /** Longer than any hand-written encoder line. */
  paramsCharsMax: 4096,
  /** Tail of an encoder's stderr that travels with a failure. */
  reasonCharsMax: 2000,
  /** Short words: states, kinds, encoder and colour names, builds. */
  wordCharsMax: 128,
  /** Peer ids are 52 characters as base58 Ed25519; RSA ones 46. */
  peerIdCharsMax: 96,
  /** 46 hours at 60 fps. */
  framesMax: 10_000_000,
  /** A film of 10 million frames in 10 s scenes has fewer; 4 bits each fit in a beat. */
  scenesMax: 60_000,
  /** 256 plans are about 25 KiB, well inside an envelope. */
  scenesPerRecordMax: 256,
  /** Largest side that AV1 levels know. */
  sidePixelsMax: 16_384,
  /** A lossless piece of 10 s of 8K fits. */
  blobBytesMax: 16 * 1024 * MiB,
  /** Hash list of the largest blob: 32 bytes for each chunk. */
  blobHeaderBytesMax: 2 * MiB + 64 * KiB,
  /** Unit of transfer and of hashing: larger writes block other streams of the connection. */
  chunkBytes: 256 * KiB,
  /** Live leases in one beat; the rest of a larger swarm's are left out. */
  beatLeasesMax: 256,
  beatFailuresMax: 16,
  /** Records and bytes in one answer of the log exchange. */
  syncRecordsMax: 256,
  syncBytesMax: MiB,
  syncMessageBytesMax: 2 * MiB,
  /** Projects that one node keeps, and keeps of one owner: bounds what strangers can make it store. */
  projectsMax: 2000,
  projectsPerOwnerMax: 500,
  /** Records of one project: all its scenes planned and accepted one by one, with room for changes. */
  recordsPerProjectMax: 200_000,
  /** Peers named in a grant as holders of the piece: more would not make it faster. */
  holdersMax: 8,
  /** Encoder builds a node offers. */
  encodersMax: 16
} as const

/** Durations of the lease protocol in milliseconds; each side counts on its own monotonic clock. */
export interface Timing {
  /** A lease that is not renewed for so long is expired. */
  readonly leaseTtlMs: number
  /** After the ttl the owner waits this long before it gives the scene to another worker. */
  readonly leaseGraceMs: number
  /** A worker renews at least this often; sooner when frames were done. */
  readonly renewMs: number
  /** Least time between two renewals that report frames. */
  readonly progressMs: number
  /** After a lost connection that could not be redialled the lease ends after this at the latest. */
  readonly lostMs: number
  /** The same when the redial was refused: the machine answers, the process is gone. */
  readonly refusedMs: number
  /** No frame progress for so long: revoked. */
  readonly stallMs: number
  /** A scene's whole lease may last this many times its expected duration. */
  readonly hardFactor: number
  /** Never less than this, whatever was expected. */
  readonly hardMsMin: number
  /** Expected when nothing was measured yet: milliseconds a frame. */
  readonly unknownMsPerFrame: number
  /** Attempts on one scene before it is parked. */
  readonly attemptsMax: number
  /** First pause before a failed scene is handed out again; doubles. */
  readonly retryMs: number
  /** Failures in a row after which a worker gets nothing for `pauseMs`. */
  readonly workerFailuresMax: number
  readonly pauseMs: number
}

export const DEFAULT_TIMING: Timing = {
  leaseTtlMs: 90_000,
  leaseGraceMs: 45_000,
  renewMs: 30_000,
  progressMs: 500,
  lostMs: 45_000,
  refusedMs: 3_000,
  stallMs: 30 * 60_000,
  hardFactor: 8,
  hardMsMin: 10 * 60_000,
  unknownMsPerFrame: 60_000,
  attemptsMax: 3,
  retryMs: 1_000,
  workerFailuresMax: 3,
  pauseMs: 4 * 60_000
}

/** The default durations with another ttl; the shorter ones keep their proportion to it. */
export function timingForTtl(leaseTtlMs: number): Timing {
  const scale = leaseTtlMs / DEFAULT_TIMING.leaseTtlMs
  return {
    ...DEFAULT_TIMING,
    leaseTtlMs,
    leaseGraceMs: DEFAULT_TIMING.leaseGraceMs * scale,
    renewMs: DEFAULT_TIMING.renewMs * scale,
    progressMs: Math.min(DEFAULT_TIMING.progressMs, (DEFAULT_TIMING.renewMs * scale) / 3),
    lostMs: DEFAULT_TIMING.lostMs * scale,
    refusedMs: Math.min(DEFAULT_TIMING.refusedMs, DEFAULT_TIMING.lostMs * scale)
  }
}
