import type { OwnerCode, ToldIdle } from './idle.ts'
import type { Share } from './policy.ts'
import type { Waits } from './waits.ts'

/** A content-addressed file: lower-case hex sha-256 and length in bytes. */
export interface BlobRef {
  readonly sha256: string
  readonly bytes: number
}

/** Which builds of a project's encoder may work on it: those that produce the same bytes as its owner's, or all that write the same stream header. */
export type Builds = 'same' | 'compatible'

/** How many threads an encode may use: as many as its worker likes, or one because the bytes depend on it. */
export type ThreadsClass = 'any' | 'one'

/** An encoder's output for the probe clip of a project: lower-case hex sha-256 of its frames, and of its stream header. */
export interface Probe {
  readonly frames: string
  readonly header: string
}

/** The maker of a result, as its worker's claim said. */
export interface Maker {
  readonly build: string
  /** `frames` of its probe; empty for a result of the owner itself before it made a probe. */
  readonly probe: string
}

/** First record of a project's log: everything that a worker needs to know except the scenes. */
export interface Announce {
  /** 16 random bytes, hex; with the owner's key it makes the project id. */
  readonly nonce: string
  /** Base name of the source; empty where only peers that the owner trusts are told. */
  readonly title: string
  /** As the user wrote it. */
  readonly encoder: string
  /** The encoder's own name. */
  readonly encoderName: string
  readonly encoderParams: string
  /** Of its owner. */
  readonly encoderBuild: string
  /** Which other builds may encode it. */
  readonly builds: Builds
  readonly threads: ThreadsClass
  /** Who is told of it, takes scenes and gets pieces. */
  readonly share: Share
  readonly width: number
  readonly height: number
  readonly pixelFormat: string
  readonly bitDepth: number
  readonly fpsNum: number
  readonly fpsDen: number
  readonly primaries: string
  readonly transfer: string
  readonly matrix: string
  readonly range: string
  readonly framesEstimated: number
  /** Lower is sooner. */
  readonly priority: number
  readonly createdAtMs: number
  readonly sourceBytes: number
  /** The frames of the pieces, where they differ from the picture that is announced and encoded. */
  readonly picture?: PieceFrameFormat
}

/** A part of a picture, in pixels from its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Frames of pieces of which another picture is made: a part of them, at the announced depth, in the announced size. */
export interface PieceFrameFormat {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  /** Default: all of them. */
  readonly crop?: Box
}

/** One scene and the source piece to encode it from. */
export interface ScenePlan {
  readonly index: number
  readonly start: number
  readonly frames: number
  readonly piece: BlobRef
  /** Decoded frames to drop before the scene's first. */
  readonly skip: number
  /** sha-256 over the hashes of the frames to encode. */
  readonly inputHash: string
  /** The complete parameters of this scene; empty means the project's. */
  readonly encoderParams: string
}

/** The one result of a scene. */
export interface Accept {
  readonly scene: number
  readonly result: BlobRef
  /** Peer id. */
  readonly worker: string
  readonly epoch: number
  readonly attempt: number
  readonly encodeMs: number
  /** The worker's choice, if the project has a target quality. */
  readonly quantiser?: number | undefined
  /** Undefined in logs from before receipts named it. */
  readonly maker?: Maker | undefined
  /** Peer id of the one who encoded the scene once more, to the same bytes; undefined where nobody did. */
  readonly provedBy?: string | undefined
}

/** A result of a worker was proved wrong: its receipts no longer count, except those that a proof covers. */
export interface Withdraw {
  /** Peer id. */
  readonly worker: string
  readonly reason: string
}

/** `removed` may follow one of the others: the owner removes the project from everybody's lists. */
export type EndState = 'completed' | 'failed' | 'cancelled' | 'removed'

export interface End {
  readonly state: EndState
  readonly reason: string
  /** Empty unless completed. */
  readonly outputSha256: string
  readonly outputBytes: number
  readonly endedAtMs: number
}

export type LogBody =
  | { readonly type: 'announce'; readonly announce: Announce }
  | { readonly type: 'scenes'; readonly scenes: readonly ScenePlan[] }
  | { readonly type: 'planned'; readonly scenes: number; readonly frames: number }
  | { readonly type: 'update'; readonly priority: number }
  | { readonly type: 'accept'; readonly accept: Accept }
  | { readonly type: 'withdraw'; readonly withdraw: Withdraw }
  | { readonly type: 'end'; readonly end: End }

/** One link of a project's hash chain. */
export interface LogRecord {
  readonly projectId: string
  readonly epoch: number
  /** 0 for the announcement, then one more for each record, whatever the epoch. */
  readonly seq: number
  /** sha-256 (hex) of the envelope before; empty for the announcement. */
  readonly prev: string
  readonly body: LogBody
}

/** A worker asks an owner for one scene of a project; which one, the owner chooses. */
export interface LeaseClaim {
  readonly projectId: string
  /** Peer id of the addressee, so that it cannot be used with another owner. */
  readonly owner: string
  /** 16 random bytes, hex. */
  readonly claimId: string
  /** The claiming worker's own build. */
  readonly encoderBuild: string
  /** Undefined if there is none: an owner needs none for its own projects. */
  readonly probe: Probe | undefined
  /** True when no slot is free yet: the piece is only fetched ahead. */
  readonly prefetch: boolean
  /** Scenes that the worker encodes at once; absent if it takes nothing ahead of an absence. */
  readonly slots?: number | undefined
}

/** Identifies one attempt at one scene, and fences off all others. */
export interface Token {
  readonly projectId: string
  readonly scene: number
  /** The owner's boot count. */
  readonly epoch: number
  readonly attempt: number
}

/** The owner's half of a lease. */
export interface LeaseGrant extends Omit<Token, 'projectId'> {
  /** The claim's signed envelope. */
  readonly claim: Uint8Array
  readonly ttlMs: number
  readonly hardMs: number
  /** Peer ids that hold the source piece besides the owner. */
  readonly holders: readonly string[]
}

/** `failed`: the encoder or its input failed. `declined`: the worker could not or would not start. `left`: the worker leaves the swarm. */
export type ReleaseKind = 'failed' | 'declined' | 'left'

/** Why a claim got nothing. `none`: there is no scene for it now. */
export type NoWorkCode = 'none' | OwnerCode

/** Messages on the session of a worker with an owner. Claims and grants are signed; the connection authenticates the rest. */
export type SessionMessage =
  | { readonly type: 'claim'; readonly envelope: Uint8Array }
  | { readonly type: 'grant'; readonly envelope: Uint8Array }
  | { readonly type: 'no-work'; readonly claimId: string; readonly code: NoWorkCode; readonly reason: string }
  | { readonly type: 'wake'; readonly projectId: string }
  /** An earlier grant, shown to an owner that may have forgotten it. */
  | { readonly type: 'present'; readonly envelope: Uint8Array }
  | {
      readonly type: 'renew'
      readonly token: Token
      readonly pass: number
      readonly frames: number
      /** Its encoder stands still, because its machine is wanted. */
      readonly paused: boolean
      /** The piece is on the worker's disk. */
      readonly fetched?: boolean | undefined
    }
  /** The owner goes away for this time, and its workers go on without it; 0: it is back. */
  | { readonly type: 'away'; readonly projectId: string; readonly forMs: number }
  | {
      readonly type: 'result'
      readonly token: Token
      readonly blob: BlobRef
      readonly encodeMs: number
      readonly quantiser?: number | undefined
    }
  | { readonly type: 'release'; readonly token: Token; readonly kind: ReleaseKind; readonly reason: string }
  | { readonly type: 'revoke'; readonly token: Token; readonly reason: string }
  | { readonly type: 'settled'; readonly token: Token; readonly accepted: boolean; readonly reason: string }

export type BeatSceneState = 'open' | 'leased' | 'verifying' | 'accepted' | 'failed'

/** `waiting`: it cannot continue until something outside it changes. */
export type BeatState = 'queued' | 'analysing' | 'encoding' | 'joining' | 'waiting' | 'ended'

export interface LiveLease {
  readonly scene: number
  readonly worker: string
  readonly attempt: number
  readonly pass: number
  readonly frames: number
}

export interface SceneFailure {
  readonly scene: number
  readonly attempts: number
  readonly reason: string
}

/** Soft state of a project; the last (epoch, beatNo) wins, so a lost one needs no repair. */
export interface Beat {
  readonly projectId: string
  readonly epoch: number
  readonly beatNo: number
  readonly state: BeatState
  readonly sceneStates: readonly BeatSceneState[]
  readonly leases: readonly LiveLease[]
  /** Frames encoded per second, over the last 30 s. */
  readonly fps: number
  readonly failures: readonly SceneFailure[]
  /** Of a `waiting` project, if its owner says why. */
  readonly waits?: Waits | undefined
  /** Number of the log's last record: a node that has fewer asks for the rest. */
  readonly seq: number
}

/** What a node says about itself. */
export interface NodeInfo {
  readonly name: string
  readonly version: string
  readonly slots: number
  readonly busy: number
  readonly encoders: readonly string[]
  readonly health: NodeHealth
  /** Starts nothing new because its user paused it; older nodes do not send this. */
  readonly paused: boolean
  /** Milliseconds for which it says that it goes away, because its machine is going to sleep. */
  readonly awayMs?: number | undefined
  /** Why it is idle for some projects, as far as others cannot see that themselves; for people. */
  readonly idle: readonly ToldIdle[]
}

/** `disk-full`: accepts and produces nothing new until there is space again. */
export type NodeHealth = 'ok' | 'disk-full'

export interface Head {
  readonly projectId: string
  readonly epoch: number
  readonly seq: number
  /** Hash (hex) of the record with this number: a node that has a different one shows it. */
  readonly hash: string
  /** The asker holds the proof that the owner wrote two histories. */
  readonly frozen: boolean
}

/** What a user wants done with a project. */
export type CommandRequest = { readonly projectId: string } & (
  | { readonly kind: 'set-priority'; readonly priority: number }
  | { readonly kind: 'cancel' | 'remove' }
  /** Retries a waiting project now. */
  | { readonly kind: 'retry' }
  /** Another place for the finished file, as a path on its owner; a relative path starts at the source's folder. */
  | { readonly kind: 'set-output'; readonly output: string }
)

export type CommandKind = CommandRequest['kind']

/** What a node asks the owner of a project to do; signed by the node that asks. */
export type Command = CommandRequest & {
  /** Peer id it is addressed to. */
  readonly owner: string
  /** 16 random bytes, hex; the answer names it. */
  readonly commandId: string
}

/** `refused`: the owner does not trust the asking node. Statuses that begin with `output` say what is wrong with the new place. */
export type CommandStatus =
  | 'done'
  | 'refused'
  | 'unknown-project'
  | 'ended'
  | 'not-waiting'
  | 'too-late'
  | 'output-exists'
  | 'output-unwritable'
  | 'output-unsupported'
  | 'failed'

export interface CommandReply {
  readonly commandId: string
  readonly status: CommandStatus
  /** For people; empty when done. */
  readonly message: string
}
