const KiB = 1024
const MiB = 1024 * KiB

/** Every limit on what a peer may send, or make this node keep; each with its reason. */
export const LIMITS = {
  /** One signed record. Gossip above 64 KiB delays everything else on the connection. */
  envelopeBytesMax: 64 * KiB,
  /** One message on a session; holds one grant, which holds one claim, or an error text. */
  sessionMessageBytesMax: 32 * KiB,
  /** A file name on the usual file systems. */
  titleCharsMax: 255,
  /** Longest lease: a year, whatever was expected. */
  hardMsMax: 365 * 24 * 3_600_000,
  /** Slots of one worker. */
  slotsMax: 65_536,
  /** Longest announced absence of an owner: a week. */
  awayMsMax: 7 * 24 * 3_600_000,
  /** Scenes that one worker takes ahead of an absence, of all projects together: bounds the pieces on its disk. */
  aheadMax: 256,
  /** Milliseconds after its lease ended that a worker keeps what it encoded while the owner was away: a holiday. */
  aheadKeepMs: 14 * 24 * 3_600_000,
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
  /** Largest side in the AV1 levels. */
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
  /** The same for all unknown owners together, and for each of them. */
  strangersProjectsMax: 500,
  strangerProjectsMax: 50,
  /** Bytes of records, in the same four ways. The log of a film of 60,000 scenes has about 25 MiB. */
  logBytesMax: 1024 * MiB,
  logBytesPerOwnerMax: 128 * MiB,
  strangersLogBytesMax: 128 * MiB,
  strangerLogBytesMax: 32 * MiB,
  /** Removed projects of one owner that a node remembers, so that a neighbour that missed a removal cannot bring the project back. */
  tombstonesPerOwnerMax: 500,
  /** Milliseconds that an ended project of another owner is kept. */
  endedKeepMs: 30 * 24 * 3_600_000,
  /** Records of one project: all its scenes planned and accepted one by one, with room for changes. */
  recordsPerProjectMax: 200_000,
  /** Times that an owner takes back receipts of a project: each costs every node a walk over all scenes. */
  withdrawalsMax: 1000,
  /** Peers named in a grant as holders of the piece: more would not make it faster. */
  holdersMax: 8,
  /** Workers of one project that its owner remembers; of those who are gone, strangers are forgotten above it. Also peers in its trust ledger. */
  workersMax: 10_000,
  /** Tokens of one scene that its owner remembers: more than a scene has attempts, with room for workers that leave. */
  grantedPerSceneMax: 32,
  /** Encoders count quantisers from 0 to 63 or 255. */
  quantiserMax: 255,
  /** Encoder builds a node offers. */
  encodersMax: 16,
  /** Projects for which a node says why it is idle: every node sends these to all others with each introduction. */
  idleMax: 16,
  /** A sentence on what is wrong with a parameter. */
  idleDetailCharsMax: 200,
  /** A path on the usual systems. */
  outputCharsMax: 4096,
  /** Detail of why a project waits: a build, or the last message of an encoder. */
  waitDetailCharsMax: 400,
  /** The text of an invitation: eight addresses at relays, and a key, a signature and a secret. A QR code of this size can still be read. */
  inviteCharsMax: 1024,
  /** Addresses in an invitation, and the bytes of one: at a relay it has two peer ids. */
  inviteAddressesMax: 8,
  inviteAddressBytesMax: 160,
  /** A question of somebody who has an invitation, and its answer: two keys, two signatures, a name, a swarm key. */
  joinMessageBytesMax: 1024,
  /** A name of a machine, as `--name` allows it. */
  joinNameCharsMax: 64,
  /** Ports that a node asks a peer to dial, and the bytes of that question and of its answer. */
  reachPortsMax: 2,
  reachMessageBytesMax: 128,
  /** Where a node is seen, as it tells a peer that dials it at the same time. */
  punchMessageBytesMax: 32
} as const

/** Durations of the lease protocol in milliseconds; each side counts on its own monotonic clock. */
export interface Timing {
  /** A lease that is not renewed for this long has expired. */
  readonly leaseTtlMs: number
  /** After the ttl the owner waits this long before it gives the scene to another worker. */
  readonly leaseGraceMs: number
  /** Least time between two renewals that report frames. */
  readonly progressMs: number
  /** If a lost connection could not be redialled, the lease ends after this time at the latest. */
  readonly lostMs: number
  /** The same if the redial was refused: the machine answers, but the process is gone. */
  readonly refusedMs: number
  /** A lease without frame progress for this long is revoked. */
  readonly stallMs: number
  /** A scene's whole lease may last this many times its expected duration. */
  readonly hardFactor: number
  /** The same for a stranger. */
  readonly hardFactorStranger: number
  /** Never less than this, whatever was expected. */
  readonly hardMsMin: number
  /** Expected milliseconds per frame while nothing was measured. */
  readonly unknownMsPerFrame: number
  /** Attempts on one scene before it is parked. */
  readonly attemptsMax: number
  /** First pause before a failed scene is handed out again; doubles. */
  readonly retryMs: number
  /** A worker may retry a scene that it failed if no other worker has taken it for this long. */
  readonly retryAloneMs: number
  /** The longest of those pauses, which double for a worker that keeps failing the scene, and for a silent one. */
  readonly retryFailedMsMax: number
  /** First pause before the owner retries a failed step of its own; doubles. */
  readonly waitMs: number
  /** The longest such pause if a check costs nothing. */
  readonly waitPlaceMsMax: number
  /** The longest such pause if the work has to be done again. */
  readonly waitWorkMsMax: number
  /** Failures in a row after which a worker gets nothing for `pauseMs`. */
  readonly workerFailuresMax: number
  readonly pauseMs: number
  /** How long a peer is barred after its first bad result; four times as long after each further one. */
  readonly barredMs: number
  readonly barredMsMax: number
  /** Leases that all strangers of one address range may hold of a project. */
  readonly strangersPerRangeMax: number
  /** Second leases that a project may have, as a share of its scenes. */
  readonly secondsShare: number
  /** A second lease must be expected to finish this many times sooner. */
  readonly secondGain: number
  /** A lease may be paused for this long in all; then it ends. */
  readonly pausedMsMax: number
  /** Near the end, a scene that was paused for longer than this may go to an idle worker too. */
  readonly pausedAloneMs: number
  /** The owner proves a result alone for this long; then an idle worker that it knows may prove it as well. */
  readonly proofAloneMs: number
  /** Waiting workers are checked again after this time, while others hold scenes. */
  readonly recheckMs: number
}

export const DEFAULT_TIMING: Timing = {
  leaseTtlMs: 90_000,
  leaseGraceMs: 45_000,
  progressMs: 500,
  lostMs: 45_000,
  refusedMs: 3_000,
  stallMs: 30 * 60_000,
  hardFactor: 8,
  hardFactorStranger: 3,
  hardMsMin: 10 * 60_000,
  unknownMsPerFrame: 60_000,
  attemptsMax: 3,
  retryMs: 1_000,
  retryAloneMs: 60_000,
  retryFailedMsMax: 3_600_000,
  waitMs: 5_000,
  waitPlaceMsMax: 30_000,
  waitWorkMsMax: 1_800_000,
  workerFailuresMax: 3,
  pauseMs: 4 * 60_000,
  barredMs: 4 * 60_000,
  barredMsMax: 24 * 3_600_000,
  strangersPerRangeMax: 4,
  secondsShare: 0.1,
  secondGain: 1.3,
  pausedMsMax: 7 * 24 * 3_600_000,
  pausedAloneMs: 30 * 60_000,
  proofAloneMs: 30_000,
  recheckMs: 5_000
}

/** A worker renews at least this often, and sooner when it has done frames: one renewal may be lost, and the next still comes in time. */
export function renewEveryMs(ttlMs: number): number {
  return ttlMs / 3
}

/** The default durations with another ttl; the shorter ones keep their proportion to it. */
export function timingForTtl(leaseTtlMs: number): Timing {
  const scale = leaseTtlMs / DEFAULT_TIMING.leaseTtlMs
  return {
    ...DEFAULT_TIMING,
    leaseTtlMs,
    leaseGraceMs: DEFAULT_TIMING.leaseGraceMs * scale,
    progressMs: Math.min(DEFAULT_TIMING.progressMs, renewEveryMs(leaseTtlMs) / 3),
    lostMs: DEFAULT_TIMING.lostMs * scale,
    refusedMs: Math.min(DEFAULT_TIMING.refusedMs, DEFAULT_TIMING.lostMs * scale),
    proofAloneMs: Math.min(DEFAULT_TIMING.proofAloneMs, DEFAULT_TIMING.proofAloneMs * scale)
  }
}
