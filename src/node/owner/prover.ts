import { anySignal } from '../../common/any-signal.ts'
import { errorText } from '../../common/error-text.ts'
import type { CheckFact, ScenePlan } from '../../swarm/protocol/index.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { EncodeAgain } from './encode-again.ts'

export interface ProverComponents {
  readonly encodeAgain: EncodeAgain
  /** For scenes that are encoded again; private, may be removed. */
  readonly workDir: string
}

/** What a scene is encoded from. */
export interface SceneToProve {
  readonly spec: ProjectSpec
  readonly plan: ScenePlan
}

/** Another worker's proof of a result. */
export interface ProofHelp {
  /** The owner begins to encode the scene again. `confirmed`: peer id of a worker that had it done first; it stays open where nobody does. `stop` ends the wait. */
  readonly ask: () => { readonly confirmed: Promise<string>; readonly stop: () => void }
}

/** Finds out which bytes a scene has to have. A failure of this node is a fact, too; only an abort is thrown. */
export interface Prover {
  readonly alone: (scene: SceneToProve, signal: AbortSignal) => Promise<CheckFact>
  /** By this node, or by a worker that is asked because it takes long here. */
  readonly helped: (scene: SceneToProve, help: ProofHelp, signal: AbortSignal) => Promise<CheckFact>
}

export function createProver({ encodeAgain, workDir }: ProverComponents): Prover {
  async function alone({ spec, plan }: SceneToProve, signal: AbortSignal): Promise<CheckFact> {
    try {
      return { type: 'encoded', sha256: await encodeAgain({ spec, plan, workDir }, signal) }
    } catch (error) {
      signal.throwIfAborted()
      return { type: 'own-failure', reason: errorText(error) }
    }
  }

  return {
    alone,
    helped: async (scene, help, signal) => {
      const over = new AbortController()
      const { confirmed, stop } = help.ask()
      const own = alone(scene, anySignal([signal, over.signal]))
      // What the abort below makes it throw is nobody's concern.
      own.catch(() => {})
      try {
        return await Promise.race([own, confirmed.then((by): CheckFact => ({ type: 'confirmed', by }))])
      } finally {
        stop()
        over.abort(new Error('another worker proved the result'))
      }
    }
  }
}
