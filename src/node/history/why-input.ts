import type { PeerStatus, SceneState, SceneWhy } from '../../api/schemas/index.ts'
import type { ProjectSnapshot } from '../../api/ports.ts'
import type { Attempt } from './attempt.ts'

/** What is known when somebody asks why a scene is not done. */
export interface WhyInput {
  readonly snapshot: ProjectSnapshot
  readonly scene: number
  readonly state: SceneState
  readonly attempts: readonly Attempt[]
  /** How people call a peer. */
  readonly called: (peer: string) => string
  readonly peers: readonly PeerStatus[]
  readonly self: PeerStatus
  /** Monotonic. */
  readonly nowMs: number
}

export type WhyAnswer = Pick<SceneWhy, 'summary' | 'details' | 'next'>
