import { withdrawalOf } from '../../swarm/protocol/index.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectJoin } from './project-join.ts'
import type { ProjectPieces } from './project-pieces.ts'

export interface WithdrawalParts {
  readonly pieces: Pick<ProjectPieces, 'lose'>
  readonly join: Pick<ProjectJoin, 'interrupt'>
}

/** Takes back what a caught worker delivered and nobody proved, even while the film is joined: those scenes are encoded again. Resolves once the log says so. */
export type Withdraw = (worker: string, reason: string) => Promise<void>

export function createWithdrawal(context: ProjectContext, { pieces, join }: WithdrawalParts): Withdraw {
  const { projectId } = context.init
  return async (worker, reason) => {
    if (context.signal.aborted || withdrawalOf(context.view, worker, reason) === undefined) return
    await join.interrupt()
    // [RULE 51] The log says it before anybody is told.
    const taken = withdrawalOf(context.view, worker, reason)
    if (taken === undefined) return
    const { withdraw, scenes } = taken
    await context.append({ type: 'withdraw', withdraw })
    context.components.log.warn(
      { projectId, worker, scenes: scenes.length, reason },
      'a worker delivered a wrong result; encoding its unproved scenes again'
    )
    for (const scene of scenes) pieces.lose(scene)
  }
}
