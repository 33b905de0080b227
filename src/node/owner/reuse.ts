import { mayReuse, type ScenePlan } from '../../swarm/protocol/index.ts'
import type { OwnProbe } from './own-probe.ts'
import type { ProjectContext } from './project-context.ts'

/** Accepts a scene that was encoded before, in another project of this node, instead of encoding it again. @returns whether it is accepted now. */
export type Reuse = (plan: ScenePlan) => Promise<boolean>

export function createReuse(context: ProjectContext, probe: Pick<OwnProbe, 'makeEarly'>): Reuse {
  const { blobs, knownScenes } = context.components
  return async (plan) => {
    const candidates = knownScenes(context.view.announce, plan)
    if (candidates.some(({ maker }) => maker.probe !== '')) await probe.makeEarly()
    const known = candidates.find(({ maker }) => mayReuse(context.state.making, maker))
    if (known == null) return false
    const hold = blobs.hold(known.result.sha256)
    try {
      if (!(await blobs.check(known.result))) return false
      const { result, worker, encodeMs, quantiser, maker, provedBy } = known
      // No attempt of this project: tokens begin at 1.
      const { epoch } = context.init
      const accept = { scene: plan.index, result, worker, epoch, attempt: 0, encodeMs, quantiser, maker, provedBy }
      await context.append({ type: 'accept', accept })
      return true
    } finally {
      hold.release()
    }
  }
}
