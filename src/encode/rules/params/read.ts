import type { EncoderName, EncoderParams, ProgramFacts } from '../types.ts'
import { type CheckedFlag, checkParams, tokenOf } from './check.ts'
import { type FlagTable, rulesFor } from './flag-rules.ts'
import { orDefaults, readTarget } from './own-flags.ts'

/** What an encoder's parameters are read with. */
export interface ReadInit {
  readonly encoder: EncoderName
  readonly table: FlagTable
  readonly defaults: string
  /** Flag and value of the mode in which the quantiser decides. */
  readonly constantQuality: readonly [flag: string, value: string]
  readonly facts: ProgramFacts | undefined
}

/** Parameters whose flags passed the table, one by one. */
export interface ReadParams {
  readonly flags: readonly CheckedFlag[]
  /** The parameters with these flags; later readers may have changed some. */
  readonly withFlags: (flags: readonly CheckedFlag[], bitDepth?: number) => EncoderParams
}

/** @throws ParamsError */
export function readParams(init: ReadInit, text: string): ReadParams {
  const { encoder, defaults, constantQuality } = init
  const rules = rulesFor(init.table, init.facts)
  const given = orDefaults(text, defaults)
  const checked = checkParams(rules, given)
  const { flags, target } = readTarget(checked.flags, constantQuality)
  return {
    flags,
    withFlags: (used, bitDepth) => {
      const tokens = used.map(tokenOf)
      const { notes, rewritten } = checked
      const size = Object.keys(checked.size).length === 0 ? undefined : checked.size
      return { encoder, text: rewritten ? tokens.join(' ') : given, tokens, bitDepth, target, notes, size }
    }
  }
}
