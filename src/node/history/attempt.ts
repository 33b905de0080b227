import { verdict } from '../../api/schemas/index.ts'
import type { KnownAttempt } from '../../api/ports.ts'
import type { SceneQuality } from '../../encode/rules/index.ts'
import type { StoredAttempt } from '../../storage/index.ts'
import type { Token } from '../../swarm/protocol/index.ts'

/** One lease of one worker on one scene, and what became of it. */
export type Attempt = KnownAttempt & StoredAttempt

/** An attempt as it was kept; undefined where its outcome is none that this version knows. */
export function readAttempt(stored: StoredAttempt): Attempt | undefined {
  const outcome = verdict.safeParse(stored.verdict)
  return outcome.success ? { ...stored, verdict: outcome.data } : undefined
}

/** What happened to an attempt. */
export type AttemptNote = { readonly token: Token; readonly worker: string } &
  /** Granted, or at work again after it was thought lost. `isNew` false: it began before this node knew of it. */
  (
    | { readonly type: 'started'; readonly isNew: boolean }
    | { readonly type: 'delivered'; readonly bytes: number; readonly encodeMs: number }
    | { readonly type: 'ended'; readonly verdict: Ending; readonly reason: string; readonly quality?: SceneQuality }
  )

export type Ending = Exclude<Attempt['verdict'], 'running' | 'verifying'>

export function isOver({ verdict }: Attempt): boolean {
  return verdict !== 'running' && verdict !== 'verifying'
}
