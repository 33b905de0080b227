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

/** `trusted`: this node itself, peers that the user named or that are on the local network, and peers that had a result accepted. Others are strangers. */
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
}

export interface PendingResult {
  readonly token: Token
  readonly worker: string
  readonly blob: BlobRef
  readonly encodeMs: number
  readonly quantiser?: number | undefined
  /** As its worker said when it was granted the scene. */
  readonly maker: Maker
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly token: Token
  readonly worker: string
  readonly reason: string
  readonly atMs: number
  /** Towards parking the scene: not of a stranger. */
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
  readonly failures: readonly FailedAttempt[]
  /** Workers of which nothing was heard until their lease of it ran out. */
  readonly silent: readonly string[]
  /** The last ones. */
  readonly granted: readonly Granted[]
  /** Not handed out before this time; Infinity while its piece is missing. */
  readonly notBeforeMs: number
  /** Whose bytes it has to have; undefined where any will do. */
  readonly like: Maker | undefined
}

export interface OwnerWorker {
  readonly connected: boolean
  /** Since when, the last time. */
  readonly connectedAtMs: number
  /** Was told that there is nothing for it; a wake ends that. */
  readonly waiting: boolean
  /** Failures since its last accepted scene. */
  readonly failures: number
  /** Leases since then that ran out, or stood still, although it was connected. */
  readonly silences: number
  /** Gets nothing before this time while others are there. */
  readonly silentUntilMs: number
  /** Gets nothing before this time. */
  readonly pausedUntilMs: number
  readonly standing: Standing
  /** Where it is, for strangers: leases are counted for each. */
  readonly range: string
  /** Milliseconds a frame in one slot, over its accepted scenes, the later ones counting more; 0 when nothing was measured. */
  readonly msPerFrame: number
  /** What it encodes with, by its last claim. */
  readonly maker: Maker | undefined
  /** Why its last claim was refused for what it encodes with. */
  readonly refused: OwnerCode | undefined
}

/** A step of the owner's own work that could not be done, for now. */
export interface Trouble {
  readonly step: 'prepare' | 'join'
  readonly code: TroubleCode
  /** What is wrong, and what to do about it, for people at the owner. */
  readonly reason: string
  /** In a row. */
  readonly tries: number
  /** When it is tried again; 0 while it is. */
  readonly retryAtMs: number
}

/** The owner's side of one project. Which scenes exist and which are accepted is in the log; the rest is rebuilt by leases running out. */
export interface OwnerState {
  readonly projectId: string
  readonly epoch: number
  readonly timing: Timing
  /** What its encoder does for a scene. */
  readonly work: SceneWork
  readonly making: Making
  readonly nextAttempt: number
  /** No scene will follow. */
  readonly planned: boolean
  readonly scenes: readonly OwnerScene[]
  /** Scenes that nobody has and that may be handed out now or after a pause, the longest first. */
  readonly queue: readonly number[]
  readonly queuedFrames: number
  /** Those of the queue that have to wait for a pause to end. */
  readonly paused: ReadonlySet<number>
  /** Scenes with leases. */
  readonly leased: ReadonlySet<number>
  readonly acceptedScenes: number
  readonly failedScenes: number
  /** Second leases that were granted. */
  readonly seconds: number
  readonly workers: ReadonlyMap<string, OwnerWorker>
  readonly phase: 'open' | 'joining' | 'ended'
  /** Hands nothing out: this node's disk is full. */
  readonly held: boolean
  /** Begins nothing: this node was started for other films. What is leased still comes in. */
  readonly aside: boolean
  readonly trouble: Trouble | undefined
  /** While it waits for its turn to be prepared: how many of the owner's films come before it. */
  readonly before: number | undefined
  /** When waiting workers are looked at again. */
  readonly recheckAtMs: number
  /** Frames and milliseconds of accepted encodes, for what to expect of the next. */
  readonly measured: { readonly frames: number; readonly encodeMs: number }
}

/** What the shell knows of a worker that asks. */
export interface Claimant {
  readonly standing: Standing
  /** This node has reason to know it, whatever it did. */
  readonly known: boolean
  readonly range: string
  /** Leases that it holds of this owner's other projects. */
  readonly leasesElsewhere: number
  /** Gets nothing before this time: it handed in a bad result. */
  readonly barredUntilMs: number
}

/** What happens to a project, with the time at which it does. */
export type OwnerEvent = OwnerInput & { readonly nowMs: number }

/** `ready` false: its piece is not here (yet), so it is not handed out. */
export type OwnerInput =
  | {
      readonly type: 'scene'
      readonly frames: number
      readonly accepted: boolean
      readonly ready: boolean
      /** Of the result that was accepted and is lost: only the same bytes will do. */
      readonly like?: Maker | undefined
    }
  | { readonly type: 'ready'; readonly scene: number }
  /** What was accepted of a scene is no longer here; with `ready` false its piece is not either. */
  | {
      readonly type: 'lost'
      readonly scene: number
      readonly ready: boolean
      /** Of its receipt, where it has one: only the same bytes will do. */
      readonly like: Maker | undefined
    }
  | {
      readonly type: 'trouble'
      readonly step: 'prepare' | 'join'
      readonly code: TroubleCode
      readonly reason: string
    }
  /** Somebody says that it may work now. */
  | { readonly type: 'retry' }
  | { readonly type: 'planned' }
  /** It waits for its turn to be prepared, or with undefined does so no more. */
  | { readonly type: 'turn'; readonly before: number | undefined }
  /** A lease that this owner granted and may not know any more: from its own disk, or from the grant that a worker shows. */
  | { readonly type: 'restored'; readonly token: Token; readonly worker: string; readonly maker: Maker }
  /** What the owner's encoder makes of the probe clip. */
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
    } & Claimant)
  | {
      readonly type: 'renew'
      readonly worker: string
      readonly token: Token
      readonly pass: number
      readonly frames: number
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
   * `ok` false and `blamed` false: the bytes could not be had, which says nothing about the scene. `unproven`: it looks wrong, and what its worker encodes with gives bytes that nobody
   * here could make again.
   */
  | {
      readonly type: 'verified'
      readonly scene: number
      readonly ok: boolean
      readonly blamed: boolean
      readonly unproven?: boolean
      readonly reason: string
    }
  /** Hands nothing out while `on`. */
  | { readonly type: 'hold'; readonly on: boolean }
  /** Begins nothing while `on`. */
  | { readonly type: 'aside'; readonly on: boolean }
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
      /** Workers that have the piece. */
      readonly holders: readonly string[]
      /** What the worker encodes with. */
      readonly maker: Maker
    }
  | {
      readonly type: 'no-work'
      readonly worker: string
      readonly claimId: string
      readonly code: NoWorkCode
      readonly reason: string
    }
  /** Find out what the own encoder makes of the probe clip. */
  | { readonly type: 'probe' }
  | { readonly type: 'wake'; readonly worker: string }
  | { readonly type: 'revoke'; readonly worker: string; readonly token: Token; readonly reason: string }
  /** `provable`: an encode by this node would have to have the same bytes. */
  | { readonly type: 'verify'; readonly result: PendingResult; readonly provable: boolean }
  /** Put the receipt into the log, durably, before anybody is told. */
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
  /** Go over the source again. */
  | { readonly type: 'prepare' }
  | { readonly type: 'join' }
  /** The project failed; every other end is the shell's. */
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
