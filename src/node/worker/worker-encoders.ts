import { type FactsOf, factsOf } from '../project-spec.ts'
import type { InstalledEncoder } from '../../encode/index.ts'

/** The encoders that this worker encodes with. */
export interface WorkerEncoders {
  /** Undefined until they are known. */
  readonly builds: readonly string[] | undefined
  /** Of the programs here; of none until they are known. */
  readonly programFacts: FactsOf
  /** Looks which there are now. */
  readonly find: () => Promise<void>
}

export function createWorkerEncoders(installed: () => Promise<readonly InstalledEncoder[]>): WorkerEncoders {
  let builds: readonly string[] | undefined
  let facts: FactsOf = () => undefined
  return {
    get builds() {
      return builds
    },
    programFacts: (encoder) => facts(encoder),
    find: async () => {
      const found = await installed()
      facts = factsOf(found)
      builds = found.map((encoder) => encoder.build)
    }
  }
}
