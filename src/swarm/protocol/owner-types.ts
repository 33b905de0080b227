import type { Timing } from './limits.ts'
import type { BlobRef, EndState, LiveLease, ReleaseKind, SceneFailure, SceneStatus, Token } from './types.ts'

/** One attempt of one worker at one scene, as its owner keeps it. Times are of the owner's monotonic clock. */
export interface Lease {
  readonly attempt: number
  /** Epoch of the grant: an older one than the owner's own after a restart. */
  readonly epoch: number
  readonly worker: string
  readonly pass: number
  readonly frames: number
  readonly expiresAtMs: number
  readonly hardAtMs: number
  readonly stalledAtMs: number
}

export interface PendingResult {
  readonly token: Token
  readonly worker: string
  readonly blob: BlobRef
  readonly encodeMs: number
}

export interface OwnerScene {
  readonly frames: number
  readonly accepted: boolean
  /** Parked after too many failures. */
  readonly failed: boolean
  readonly leases: readonly Lease[]
  /** Results that wait for or are in verification; the first is being verified. */
  readonly results: readonly PendingResult[]
  readonly failures: readonly { readonly token: Token; readonly worker: string; readonly reason: string }[]
  /** Not handed out before this time; Infinity while its piece is missing. */
  readonly notBeforeMs: number
}

export interface OwnerWorker {
  readonly connected: boolean
  /** Was told that there is nothing for it; a wake ends that. */
  readonly waiting: boolean
  /** Failures since its last accepted scene. */
  readonly failures: number
  /** Gets nothing before this time. */
  readonly pausedUntilMs: number
}

/** The owner's side of one project. Which scenes exist and which are accepted is in the log; the rest is rebuilt by leases running out. */
export interface OwnerState {
  readonly projectId: string
  readonly epoch: number
  readonly timing: Timing
  readonly nextAttempt: number
  /** No scene will follow. */
  readonly planned: boolean
  readonly scenes: readonly OwnerScene[]
  readonly workers: ReadonlyMap<string, OwnerWorker>
  readonly phase: 'open' | 'joining' | 'ended'
  /** Frames and milliseconds of accepted encodes, for what to expect of the next. */
  readonly measured: { readonly frames: number; readonly encodeMs: number }
}

export type OwnerEvent = { readonly nowMs: number } &
  /** `ready` false: its piece is not here (yet), so it is not handed out. */
  (
    | { readonly type: 'scene'; readonly frames: number; readonly accepted: boolean; readonly ready: boolean }
    | { readonly type: 'ready'; readonly scene: number }
    | { readonly type: 'planned' }
    /** A lease of before a restart, or one that a worker renews although it ran out. */
    | { readonly type: 'restored'; readonly token: Token; readonly worker: string }
    | { readonly type: 'connected'; readonly worker: string }
    | { readonly type: 'disconnected'; readonly worker: string }
    /** `refused`: the machine answers, the process is gone. */
    | { readonly type: 'redial-failed'; readonly worker: string; readonly refused: boolean }
    | { readonly type: 'claim'; readonly worker: string; readonly claimId: string; readonly prefetch: boolean }
    | {
        readonly type: 'renew'
        readonly worker: string
        readonly token: Token
        readonly pass: number
        readonly frames: number
      }
    | ({ readonly type: 'result' } & PendingResult)
    | {
        readonly type: 'release'
        readonly worker: string
        readonly token: Token
        readonly kind: ReleaseKind
        readonly reason: string
      }
    /** `ok` false and `blamed` false: the bytes could not be had, which says nothing about the scene. */
    | {
        readonly type: 'verified'
        readonly scene: number
        readonly ok: boolean
        readonly blamed: boolean
        readonly reason: string
      }
    | { readonly type: 'tick' }
    | { readonly type: 'joined' }
    | { readonly type: 'ended' }
  )

export type OwnerEffect =
  | {
      readonly type: 'grant'
      readonly worker: string
      readonly claimId: string
      readonly token: Token
      readonly ttlMs: number
      readonly hardMs: number
    }
  | { readonly type: 'no-work'; readonly worker: string; readonly claimId: string; readonly reason: string }
  | { readonly type: 'wake'; readonly worker: string }
  | { readonly type: 'revoke'; readonly worker: string; readonly token: Token; readonly reason: string }
  | { readonly type: 'verify'; readonly result: PendingResult }
  /** Put the receipt into the log, durably, before anybody is told. */
  | { readonly type: 'accept'; readonly result: PendingResult }
  | {
      readonly type: 'settled'
      readonly worker: string
      readonly token: Token
      readonly accepted: boolean
      readonly reason: string
    }
  | { readonly type: 'join' }
  | { readonly type: 'end'; readonly state: EndState; readonly reason: string }

export interface OwnerStep {
  readonly state: OwnerState
  readonly effects: readonly OwnerEffect[]
}

export interface OwnerSummary {
  readonly statuses: readonly SceneStatus[]
  readonly leases: readonly LiveLease[]
  readonly failures: readonly SceneFailure[]
}
