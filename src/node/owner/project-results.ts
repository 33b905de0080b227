import { join } from 'node:path'
import {
  expectedOf,
  PROOF_SHARE,
  receiptOf,
  verifiedBy,
  type PendingResult,
  type Token
} from '../../swarm/protocol/index.ts'
import { type SceneQuality, UNMEASURED } from '../../encode/rules/index.ts'
import { qualityGoal } from '../project-spec.ts'
import { createProofHelpers } from './proof-help.ts'
import { createVerifier } from './verification.ts'
import type { BlobHold } from '../../storage/index.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'

/** Results that workers hand in: checked, then written into the log. */
export interface ProjectResults {
  verify: (result: PendingResult, provable: boolean) => Promise<void>
  accept: (result: PendingResult) => Promise<void>
  /** A worker encoded the scene to the bytes of the result that is being verified. */
  confirm: (scene: number, by: string) => void
  drop: () => Promise<void>
}

/** @param forgetLease takes it out of what a restart reads */
export function createProjectResults(
  context: ProjectContext,
  pieces: Pick<ProjectPieces, 'lose' | 'giveBack'>,
  forgetLease: (token: Token) => Promise<void>
): ProjectResults {
  const { components, init } = context
  const { blobs, history, log, signer, trust } = components
  const { projectId } = init
  /** By scene: results that are being checked or are on their way into the log. */
  const checking = new Map<number, BlobHold>()
  /** By scene: what was found out about a result that is right, until its receipt is in the log. */
  const found = new Map<number, { readonly quality: SceneQuality; readonly provedBy: string | undefined }>()
  const helpers = createProofHelpers(context, { aloneMs: init.timing.proofAloneMs })
  const verifier = createVerifier({
    ...components,
    peerId: signer.peerId,
    workDir: join(init.workDir, 'again'),
    looksAtAll: context.file.job.measure === 'every',
    draw: (worker) => trust.draw(worker, context.file.job.proofs ?? PROOF_SHARE)
  })

  async function verify(result: PendingResult, provable: boolean): Promise<void> {
    const index = result.token.scene
    const scene = context.view.scenes[index]
    if (scene == null) return
    const { making } = context.state
    const { spec } = init
    const goal = qualityGoal(spec, scene.plan)
    const expected = { ...expectedOf(context.view, scene, making, result, provable), spec, goal }
    const hold = blobs.hold(result.blob.sha256)
    checking.set(index, hold)
    const { verdict, quality } = await verifier.verify(result, expected, helpers.of(index), context.signal)
    if (verdict.ok) {
      found.set(index, { quality, provedBy: verdict.provedBy })
    } else {
      checking.delete(index)
      await hold.drop()
      if (verdict.pieceLost === true) pieces.lose(index)
      if (verdict.exposes === undefined)
        log.warn({ projectId, scene: index, worker: result.worker }, 'a result was refused')
    }
    context.dispatch(verifiedBy(index, verdict))
  }

  async function accept(result: PendingResult): Promise<void> {
    const { token, worker } = result
    const { scene } = token
    const { quality = UNMEASURED, provedBy } = found.get(scene) ?? {}
    const receipt = receiptOf(context.view, result, provedBy)
    if (receipt !== undefined) await context.append({ type: 'accept', accept: receipt })
    // The log holds it from here on.
    checking.get(scene)?.release()
    checking.delete(scene)
    history.accepted(token, worker, quality)
    found.delete(scene)
    await forgetLease(token)
    await pieces.giveBack(scene)
  }

  return {
    verify,
    accept,
    confirm: helpers.confirm,
    drop: async () => {
      const holds = [...checking.values()]
      checking.clear()
      await Promise.all(holds.map(async (hold) => hold.drop()))
    }
  }
}
