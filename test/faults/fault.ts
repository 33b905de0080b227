import type { FilmKind } from './film.ts'
import type { Stage } from './stage.ts'

/** What a fault needs of the machine besides the programs of a node. */
export type Need = 'disks' | 'network' | 'homes' | 'faketime' | 'sandbox'

/** One row of the matrix. Its name is that of its test, and of its row in docs/reliability.md. */
export interface Fault {
  readonly name: string
  /** What happens, as a sentence of the documentation without its full stop. */
  readonly what: string
  /** When it happens. */
  readonly when: string
  /** What the user may be told meanwhile; the same bytes come at the end in any case. Default: nothing, it goes on by itself. */
  readonly waits?: RegExp
  readonly needs?: readonly Need[]
  /** `heavy`: pieces of more than a megabyte. Default `small`. */
  readonly film?: FilmKind
  /** Its films are compared with each other, as another version joins them. */
  readonly hasOwnBytes?: true
  /** Runs in the gate too. */
  readonly inGate?: true
  /** Names of nodes that may lose their standing: they do harm. */
  readonly guilty?: readonly string[]
  /** From an empty stage to a completed film. */
  readonly run: (stage: Stage) => Promise<void>
}

/** A promise that did not hold. */
export class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError'
}
