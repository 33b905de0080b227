import type { OwnerInput } from '../../swarm/protocol/index.ts'
import type { ProofHelp } from './prover.ts'

/** Proofs of one project's results that workers may help with. */
export interface ProofHelpers {
  readonly of: (scene: number) => ProofHelp
  /** A worker encoded the scene to the bytes of the result that is being proved. */
  readonly confirm: (scene: number, by: string) => void
}

export interface ProofHelpersComponents {
  readonly dispatch: (event: OwnerInput) => void
}

export interface ProofHelpersInit {
  /** For so long the owner proves alone. */
  readonly aloneMs: number
}

export function createProofHelpers({ dispatch }: ProofHelpersComponents, { aloneMs }: ProofHelpersInit): ProofHelpers {
  /** By scene: one result of a scene is proved at a time. */
  const waiting = new Map<number, (by: string) => void>()
  return {
    of: (scene) => ({
      ask: () => {
        const { promise, resolve } = Promise.withResolvers<string>()
        waiting.set(scene, resolve)
        const timer = setTimeout(() => dispatch({ type: 'proof-wanted', scene }), aloneMs)
        return {
          confirmed: promise,
          stop: () => {
            clearTimeout(timer)
            waiting.delete(scene)
          }
        }
      }
    }),
    confirm: (scene, by) => waiting.get(scene)?.(by)
  }
}
