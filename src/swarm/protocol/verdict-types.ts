import type { FramesSeen } from '../../encode/rules/headers/frame-check.ts'
import type { Likeness } from '../../encode/rules/likeness.ts'
import type { QualityGoal } from '../../encode/rules/quality/goal.ts'
import type { PendingResult } from './owner-types.ts'
import type { ProofQuestion, TrustLedger } from './trust-ledger.ts'
import type { ScenePlan } from './types.ts'
import type { UsualWork } from './usual-work.ts'

/** What an owner says about a result. */
export type Verdict =
  | {
      readonly ok: true
      /** Peer id of the node that encoded the scene again, to the same bytes. */
      readonly provedBy?: string
    }
  | Refusal

export interface Refusal {
  readonly ok: false
  readonly blamed: boolean
  /** It looks wrong, and an encode by this node would prove nothing. */
  readonly unproven?: boolean
  /** This node cannot say whether it is right: its programs failed, or an encode by this node would not decide between this result and an earlier one. */
  readonly undecided?: boolean
  /** It is right, and an earlier result is not. Peer ids of those that made or proved the earlier one. */
  readonly exposes?: readonly string[]
  /** The source piece was damaged here, and is no longer here. */
  readonly pieceLost?: boolean
  readonly reason: string
}

/** What an earlier result says about later ones. It is certain where the owner's own encode gave it. */
export interface Precedent {
  readonly sum: string
  /** Peer ids of those that made or proved the result. */
  readonly by: readonly string[]
}

/** What the results of one project have taught its owner. */
export interface Judge {
  /** Peer id of the owner. */
  readonly self: string
  /** The sequence header of the first result that was accepted; undefined before. */
  readonly header: Precedent | undefined
  /** How a frame of this node's own encoder breaks the rule for frames: its version was never measured, so the rule says nothing about others. */
  readonly ownBreach: string | undefined
  /** Workers whose first result is being proved: results that come meanwhile are not their first as well. */
  readonly provingFirst: ReadonlySet<string>
  readonly usual: UsualWork
}

/** What is known about a result before anybody looks at it. */
export interface ExpectedResult {
  readonly plan: Pick<ScenePlan, 'frames'>
  /** The bytes that were accepted for the scene before its file was lost. */
  readonly accepted: Precedent | undefined
  /** Sum of the project's sequence header by this node's own encoder; undefined while that is not known. */
  readonly header: string | undefined
  /** The quality that its worker chose a quantiser for; undefined where the parameters set one. */
  readonly goal?: QualityGoal | undefined
  /** An encode by this node would have to have the same bytes. */
  readonly provable: boolean
  /** The project has no proved result of the worker yet. */
  readonly isFirst: boolean
}

/** What decides whether a result is proved without any suspicion. */
export interface ProofDraw extends Pick<ProofQuestion, 'isKnown' | 'share'> {
  readonly ledger: TrustLedger
  /** At random, from 0 up to 1. */
  readonly luck: number
}

/** What the shell found out. */
export type CheckFact =
  /** The worker did not deliver the bytes. */
  | { readonly type: 'not-fetched'; readonly reason: string }
  | {
      readonly type: 'looked'
      /** Sum of the sequence header. */
      readonly header: string
      /** Undefined where it was not, or could not be, compared with the source. */
      readonly likeness: Likeness | undefined
      /** What its frame headers say; undefined where they were not read. */
      readonly frames: FramesSeen | undefined
      readonly draw: ProofDraw
    }
  /** The bytes are no proper encode of the scene. */
  | { readonly type: 'not-valid'; readonly reason: string }
  /** This node's own programs or system failed; that says nothing about the result. */
  | { readonly type: 'own-failure'; readonly reason: string }
  /** The owner encoded the scene again, to these bytes. */
  | { readonly type: 'encoded'; readonly sha256: string }
  /** A worker that the owner knows encoded it again, to the bytes of the result. */
  | { readonly type: 'confirmed'; readonly by: string }
  /** Whether the file that was to be read again is whole. */
  | { readonly type: 'reread'; readonly isWhole: boolean }

/** What the shell does next. */
export type CheckTask =
  /** Fetch the result and look at it. `compare`: with the source and with the scene's parameters; otherwise its form is enough. */
  | { readonly type: 'look'; readonly compare: boolean }
  /** Encode the scene again. `alone`: nobody else may prove it. */
  | { readonly type: 'encode'; readonly alone: boolean }
  /** Read a file on this node's disk again. */
  | { readonly type: 'reread'; readonly what: 'piece' | 'result' }
  | { readonly type: 'judged'; readonly verdict: Verdict }

/** A result that is worth a proof, and why. */
export interface Suspect {
  readonly header: string
  /** It looks wrong, or contradicts an earlier result. */
  readonly doubt: string | undefined
  /** It is unusual, and may well be right. */
  readonly odd: string | undefined
  readonly isFirst: boolean
}

/** How far the check of one result is. */
export interface Check {
  readonly result: PendingResult
  readonly expected: ExpectedResult
  /** Fetched for the second time: this node's disk damaged the first copy. */
  readonly isAgain: boolean
  readonly stage:
    | { readonly type: 'looking' }
    | { readonly type: 'proving'; readonly suspect: Suspect }
    /** The encode failed here: perhaps because of the piece. */
    | { readonly type: 'excusing'; readonly suspect: Suspect; readonly reason: string }
    /** Before the worker is blamed, what it was judged by is read again. */
    | { readonly type: 'blaming'; readonly verdict: Verdict; readonly what: 'piece' | 'result' }
    | { readonly type: 'judged' }
}

export interface CheckStep {
  readonly judge: Judge
  readonly check: Check
  readonly task: CheckTask
}
