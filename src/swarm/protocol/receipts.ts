import { clipText } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import { isProvedIn, unprovedOf } from './view.ts'
import type { Making } from './builds.ts'
import type { OwnerEvent, PendingResult } from './owner-types.ts'
import type { Accept, Withdraw } from './types.ts'
import type { ExpectedResult, Verdict } from './verdict-types.ts'
import type { ProjectView, SceneView } from './view.ts'

type Verified = Omit<Extract<OwnerEvent, { type: 'verified' }>, 'nowMs'>

/** What the log of a project and its owner's probe say about a result. */
export function expectedOf(
  view: ProjectView,
  { plan, accepted }: SceneView,
  { probe }: Pick<Making, 'probe'>,
  { worker }: Pick<PendingResult, 'worker'>,
  provable: boolean
): ExpectedResult & Pick<SceneView, 'plan'> {
  return {
    plan,
    accepted: accepted && { sum: accepted.result.sha256, by: vouchersOf(accepted) },
    header: probe?.header,
    provable,
    isFirst: !isProvedIn(view, worker)
  }
}

function vouchersOf({ worker, provedBy }: Accept): readonly string[] {
  return provedBy === undefined ? [worker] : [worker, provedBy]
}

/** A verdict, as the rules of the owner take it. */
export function verifiedBy(scene: number, verdict: Verdict): Verified {
  return {
    type: 'verified',
    scene,
    ok: verdict.ok,
    blamed: !verdict.ok && verdict.blamed,
    unproven: !verdict.ok && verdict.unproven === true,
    undecided: !verdict.ok && verdict.undecided === true,
    exposes: verdict.ok ? [] : (verdict.exposes ?? []),
    reason: verdict.ok ? '' : clipText(verdict.reason, LIMITS.reasonCharsMax)
  }
}

/**
 * [RULE 57] The receipt of an accepted result. A scene that was accepted before, then lost and encoded again to the same bytes, keeps its receipt: it gets no other.
 * @param provedBy peer id of the node that encoded it again
 */
export function receiptOf(view: ProjectView, result: PendingResult, provedBy: string | undefined): Accept | undefined {
  const { token, blob, worker, encodeMs, quantiser, maker } = result
  const { scene, epoch, attempt } = token
  if (view.scenes[scene]?.accepted !== undefined) return undefined
  return { scene, result: blob, worker, epoch, attempt, encodeMs: Math.round(encodeMs), quantiser, maker, provedBy }
}

/** [RULE 51] What is taken back of a worker that was caught: all that it delivered and nobody proved. Undefined where that is nothing, or the project has ended. */
export function withdrawalOf(
  view: ProjectView,
  worker: string,
  reason: string
): { readonly withdraw: Withdraw; readonly scenes: readonly number[] } | undefined {
  const scenes = view.end === undefined ? unprovedOf(view, worker) : []
  if (scenes.length === 0) return undefined
  return { withdraw: { worker, reason: clipText(reason, LIMITS.reasonCharsMax) }, scenes }
}
