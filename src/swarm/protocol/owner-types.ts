import type { SceneWork } from '../../common/scene-progress.ts'
import type { Timing } from './limits.ts'
import type { Making } from './builds.ts'
import type { OwnerCode } from './idle.ts'
import type { TroubleCode } from './waits.ts'
import type {
  BlobRef,
  LiveLease,
  Maker,
  NoWorkCode,
  Probe,
  ReleaseKind,
  SceneFailure,
  BeatSceneState,
  Token
} from './types.ts'

/** `trusted`: this node itself, peers that the user named or that are on the local network, and peers with an accepted result. Others are strangers. */
export type Standing = 'trusted' | 'stranger'

/** One attempt of one worker at one scene, as its owner keeps it. Times are of the owner's monotonic clock. */
export interface Lease {
  readonly attempt: number
  /** Epoch of the grant: an older one than the owner's own after a restart. */
  readonly epoch: number
  readonly worker: string
  readonly standing: Standing
  readonly pass: number
  readonly frames: number
  readonly grantedAtMs: number
  /** Infinity while a piece that was fetched ahead waits for a slot. */
  readonly begunAtMs: number
  readonly expiresAtMs: number
  readonly hardAtMs: number
  readonly stalledAtMs: number
  /** When its worker last said that the encoder stands still; undefined while it runs. */
  readonly pausedAtMs: number | undefined
  /** For how long it stood still before that, over its whole life. */
  readonly pausedMs: number
  /** Its piece is on the worker's disk. */
  readonly fetched: boolean
  /** Its worker has reported since the owner was started or came back. */
  readonly heard: boolean
}

export interface PendingResult {
  readonly token: Token
  readonly worker: string
  readonly blob: BlobRef
  readonly encodeMs: number
  readonly quantiser?: number | undefined
  /** As the worker's claim said when the scene was granted. */
  readonly maker: Maker
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly token: Token
  readonly worker: string
  readonly reason: string
  readonly atMs: number
  /** Counts towards parking the scene: not for a stranger. */
  readonly counts: boolean
}

/** The worker that each token of a scene was granted to. */
export interface Granted {
  readonly epoch: number
  readonly attempt: number
  readonly worker: string
  readonly atMs: number
  readonly maker: Maker
}

export interface OwnerScene {
  readonly frames: number
  readonly accepted: boolean
  /** Parked after too many failures. */
  readonly failed: boolean
  readonly leases: readonly Lease[]
  /** Results that wait for or are in verification; the first is being verified. */
  readonly results: readonly PendingResult[]
  /** The proof of the first result takes the owner long: another worker may encode the scene again. */
  readonly proofWanted: boolean
  readonly failures: readonly FailedAttempt[]
  /** Workers that were silent until their lease of this scene ran out. */
  readonly silent: readonly string[]
  /** The last ones. */
  readonly granted: readonly Granted[]
  /** Not handed out before this time; Infinity while its piece is missing. */
  readonly notBeforeMs: number
  /** The maker whose bytes it must have; undefined if any will do. */
  readonly like: Maker | undefined
}

export interface OwnerWorker {
  readonly connected: boolean
  /** Since when, the last time. */
  readonly connectedAtMs: number
  /** It was told that there is no scene for it; a wake ends this. */
  readonly waiting: boolean
  /** Failures since its last accepted scene. */
  readonly failures: number
  /** Leases since then that ran out or stalled although it was connected. */
  readonly silences: number
  /** Gets nothing before this time while other workers are connected. */
  readonly silentUntilMs: number
  /** Gets nothing before this time. */
  readonly pausedUntilMs: number
  readonly standing: Standing
  /** Address range, for strangers: leases are counted per range. */
  readonly range: string
  /** Milliseconds per frame in one slot, over its accepted scenes, with more weight on later ones; 0 if nothing was measured. */
  readonly msPerFrame: number
  /** Its maker, by its last claim. */
  readonly maker: Maker | undefined
  /** Why its last claim was refused because of its encoder. */
  readonly refused: OwnerCode | undefined
  /** The owner has reason to know it, whatever it did; by its last claim. */
  readonly known: boolean
  /** Scenes that it encodes at once; 0 if it takes nothing ahead. */
  readonly slots: number
  /** Milliseconds in one slot that it needs for what it holds of the owner's other projects. */
  readonly elsewhereMs: number
  /** In this session it was told that the owner goes away. */
  readonly toldAway: boolean
  /** Since then it asked for a scene and got none. */
  readonly full: boolean
}

/** A step of the owner's own work that failed for now. */
export interface Trouble {
  readonly step: 'prepare' | 'join'
  readonly code: TroubleCode
  /** What is wrong and what to do about it, for people on the owner. */
  readonly reason: string
  /** Failures in a row. */
  readonly tries: number
  /** When it is retried; 0 during the retry. */
  readonly retryAtMs: number
}

/** The owner's side of one project. The log says which scenes exist and which are accepted; the rest is rebuilt as leases run out. */
export interface OwnerState {
  readonly projectId: string
  readonly epoch: number
  readonly timing: Timing
  /** What its encoder does for a scene. */
  readonly work: SceneWork
  readonly making: Making
  readonly nextAttempt: number
  /** No more scenes will follow. */
  readonly planned: boolean
  readonly scenes: readonly OwnerScene[]
  /** Scenes that no worker has and that may be handed out now or after a pause, the longest first. */
  readonly queue: readonly number[]
  readonly queuedFrames: number
  /** Scenes of the queue that wait for a pause to end. */
  readonly paused: ReadonlySet<number>
  /** Scenes with leases. */
  readonly leased: ReadonlySet<number>
  readonly acceptedScenes: number
  readonly failedScenes: number
  /** Second leases that were granted. */
  readonly seconds: number
  readonly workers: ReadonlyMap<string, OwnerWorker>
  readonly phase: 'open' | 'joining' | 'ended'
  /** Hands nothing out, because this node's disk is full. */
  readonly held: boolean
  /** Begins nothing: this node was started for other films. What is leased still comes in. */
  readonly aside: boolean
  readonly trouble: Trouble | undefined
  /** While it waits for its turn to be prepared: how many of the owner's films come before it. */
  readonly before: number | undefined
  /** The owner said that it goes away until then, by its own clock. */
  readonly away: { readonly untilMs: number } | undefined
  /** Until then, workers may be slow to find the owner that came back. */
  readonly backUntilMs: number
  /** When waiting workers are checked again. */
  readonly recheckAtMs: number
  /** Frames and milliseconds of accepted encodes, to estimate the next ones. */
  readonly measured: { readonly frames: number; readonly encodeMs: number }
}

/** What the shell knows about a worker that asks. */
export interface Claimant {
  readonly standing: Standing
  /** This node has reason to know the worker, whatever it did. */
  readonly known: boolean
  readonly range: string
  /** Leases that it holds of this owner's other projects. */
  readonly leasesElsewhere: number
  /** Milliseconds in one slot that these need. Default 0. */
  readonly workElsewhereMs?: number | undefined
  /** Gets nothing before this time, because it delivered a bad result. */
  readonly barredUntilMs: number
}

/** What happens to a project, with the time at which it does. */
export type OwnerEvent = OwnerInput & { readonly nowMs: number }

/** `ready` is false while its piece is not here (yet); the scene is then not handed out. */
export type OwnerInput =
  | {
      readonly type: 'scene'
      readonly frames: number
      readonly accepted: boolean
      readonly ready: boolean
      /** Maker of the accepted result that is lost: only the same bytes are valid. */
      readonly like?: Maker | undefined
    }
  | { readonly type: 'ready'; readonly scene: number }
  /** The accepted result of a scene is lost; with `ready` false, so is its piece. */
  | {
      readonly type: 'lost'
      readonly scene: number
      readonly ready: boolean
      /** Maker of its receipt, if it has one: only the same bytes are valid. */
      readonly like: Maker | undefined
    }
  | {
      readonly type: 'trouble'
      readonly step: 'prepare' | 'join'
      readonly code: TroubleCode
      readonly reason: string
    }
  /** A user asked for a retry. */
  | { readonly type: 'retry' }
  | { readonly type: 'planned' }
  /** It waits for its turn to be prepared; undefined when it no longer does. */
  | { readonly type: 'turn'; readonly before: number | undefined }
  /** A lease that this owner granted and may have forgotten: from its own disk, or from the grant that a worker shows. */
  | { readonly type: 'restored'; readonly token: Token; readonly worker: string; readonly maker: Maker }
  /** The owner's own probe. */
  | { readonly type: 'probed'; readonly probe: Probe }
  | { readonly type: 'connected'; readonly worker: string }
  | { readonly type: 'disconnected'; readonly worker: string }
  /** `refused`: the machine answers, the process is gone. */
  | { readonly type: 'redial-failed'; readonly worker: string; readonly refused: boolean }
  | ({
      readonly type: 'claim'
      readonly worker: string
      readonly claimId: string
      readonly prefetch: boolean
      readonly build: string
      readonly probe: Probe | undefined
      /** Default 0. */
      readonly slots?: number | undefined
    } & Claimant)
  | {
      readonly type: 'renew'
      readonly worker: string
      readonly token: Token
      readonly pass: number
      readonly frames: number
      readonly paused: boolean
      readonly fetched?: boolean | undefined
    }
  | ({ readonly type: 'result' } & Omit<PendingResult, 'maker'>)
  | {
      readonly type: 'release'
      readonly worker: string
      readonly token: Token
      readonly kind: ReleaseKind
      readonly reason: string
    }
  /**
   * `ok` false and `blamed` false: the bytes could not be fetched, which says nothing about the scene. `unproven`: it looks wrong, and its worker's encoder produces bytes that nobody
   * here could reproduce. `undecided`: this node cannot say whether it is right, and the attempt counts as failed. `exposes`: it is right, and those peers made or proved an earlier result that is not.
   */
  | {
      readonly type: 'verified'
      readonly scene: number
      readonly ok: boolean
      readonly blamed: boolean
      readonly unproven?: boolean
      readonly undecided?: boolean
      readonly exposes?: readonly string[]
      readonly reason: string
    }
  /** The owner has to encode a scene again to judge its result, and has not done it yet. */
  | { readonly type: 'proof-wanted'; readonly scene: number }
  /** Hands nothing out while `on`. */
  | { readonly type: 'hold'; readonly on: boolean }
  /** Begins nothing while `on`. */
  | { readonly type: 'aside'; readonly on: boolean }
  /** The owner goes away for this time: its machine is going to sleep. */
  | { readonly type: 'away'; readonly forMs: number }
  /** It is back. `awayMs`: by so much its clock went on while nothing ran. */
  | { readonly type: 'back'; readonly awayMs: number }
  | { readonly type: 'tick' }
  | { readonly type: 'ended' }

export type OwnerEffect =
  | {
      readonly type: 'grant'
      readonly worker: string
      readonly claimId: string
      readonly token: Token
      readonly ttlMs: number
      readonly hardMs: number
      /** Workers that hold the piece. */
      readonly holders: readonly string[]
      /** The worker's maker. */
      readonly maker: Maker
    }
  | {
      readonly type: 'no-work'
      readonly worker: string
      readonly claimId: string
      readonly code: NoWorkCode
      readonly reason: string
    }
  /** Make the owner's own probe. */
  | { readonly type: 'probe' }
  | { readonly type: 'wake'; readonly worker: string }
  /** Say that the owner goes away for this time, or with 0 that it is back. */
  | { readonly type: 'away'; readonly worker: string; readonly forMs: number }
  | { readonly type: 'revoke'; readonly worker: string; readonly token: Token; readonly reason: string }
  /** `provable`: an encode by this node must give the same bytes. */
  | { readonly type: 'verify'; readonly result: PendingResult; readonly provable: boolean }
  /** A known worker encoded the scene whose result is being verified, to the same bytes. */
  | { readonly type: 'confirmed'; readonly scene: number; readonly by: string }
  /** Write the receipt to the log, durably, before anybody is told. */
  | { readonly type: 'accept'; readonly result: PendingResult }
  | {
      readonly type: 'settled'
      readonly worker: string
      readonly token: Token
      readonly accepted: boolean
      readonly reason: string
    }
  /** For the trust ledger. */
  | { readonly type: 'book'; readonly worker: string; readonly what: 'accepted' | 'refused' | 'missed' }
  /** Take back, in every project of this node, what nobody proved of the worker. */
  | { readonly type: 'distrust'; readonly worker: string; readonly reason: string }
  /** Cut pieces from the source again. */
  | { readonly type: 'prepare' }
  | { readonly type: 'join' }
  /** The project failed; the shell decides about every other end. */
  | { readonly type: 'end'; readonly state: 'failed'; readonly reason: string }

export interface OwnerStep {
  readonly state: OwnerState
  readonly effects: readonly OwnerEffect[]
}

export interface OwnerSummary {
  readonly statuses: readonly BeatSceneState[]
  readonly leases: readonly LiveLease[]
  readonly failures: readonly SceneFailure[]
}
