import { assertNever } from '../../common/assert-never.ts'
import type { Claims } from './claims.ts'
import type { OwnerTalk } from './owner-talk.ts'
import type { ProjectSearch } from './project-search.ts'
import type { SceneJobs } from './scene-jobs.ts'
import type { WorkerCore } from './worker-core.ts'
import type { WorkerEffect } from '../../swarm/protocol/index.ts'

export interface WorkerEffectsComponents {
  readonly core: WorkerCore
  readonly claims: Claims
  readonly talk: OwnerTalk
  readonly search: ProjectSearch
  readonly jobs: SceneJobs
  /** Nothing is in hand any more, and nothing new is begun. */
  readonly onDrained: () => void
}

/** Has the effects of the worker's rules carried out, each by the part that it is for. */
export function carryOutEffects({ core, claims, talk, search, jobs, onDrained }: WorkerEffectsComponents): void {
  function perform(effect: WorkerEffect): void {
    switch (effect.type) {
      case 'claim': {
        const { owner, projectId, prefetch } = effect.claim
        const claim = { owner, projectId, prefetch, slots: core.state.slots, ...search.makerFor(projectId) }
        core.inBackground(talk.claim(effect.claimNo, claim))
        return
      }
      case 'fetch':
        core.inBackground(jobs.fetch(effect.job, claims.grantOf(effect.job.key)?.holders ?? []))
        return
      case 'encode':
        core.inBackground(jobs.encode(effect.job))
        return
      case 'deliver':
        jobs.deliver(effect.job)
        return
      case 'present':
        talk.present(effect.job)
        return
      case 'renew':
        jobs.renew(effect.job)
        return
      case 'release':
        claims.forget(effect.job.key)
        talk.release(effect)
        return
      case 'discard':
        claims.forget(effect.job.key)
        core.inBackground(jobs.discard(effect.job))
        return
      case 'drained':
        onDrained()
        return
      default:
        assertNever(effect)
    }
  }

  core.onEffect(perform)
}
