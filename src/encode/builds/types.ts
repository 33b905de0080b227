import type { EncoderName, ProgramFacts } from '../rules/index.ts'

/** An encoder as installed here. `build` names what it does: program version and a hash of a tiny canary encode. */
export interface InstalledEncoder {
  readonly name: EncoderName
  readonly program: string
  readonly version: string
  readonly build: string
  /** By which parameters are checked; undefined where the program was not asked. */
  readonly facts?: ProgramFacts
}

/** An encoder whose program is installed but does not work. */
export interface BrokenEncoder {
  readonly name: EncoderName
  readonly program: string
  /** `unknown` where it did not say. */
  readonly version: string
  /** A sentence with the program's own words. */
  readonly problem: string
}

/** The result of a search for the programs. */
export interface FoundEncoders {
  readonly installed: readonly InstalledEncoder[]
  readonly broken: readonly BrokenEncoder[]
}
