import type { EncoderModule, EncoderParams, ProgramFacts } from '../types.ts'
import { isListed } from './option-table.ts'

/** A default of a program that changed from one version to another, and what grav1 writes instead of relying on it. */
export interface ChangedDefault {
  readonly flag: string
  readonly value: string
  /** What versions have, as the end of a sentence: `1 up to 1.8, 0 later`. */
  readonly was: string
  /** Only beside this flag, where that is not 0. Undefined: always. */
  readonly beside?: string
}

function valueOf(tokens: readonly string[], flag: string): string | undefined {
  return tokens.findLast((token) => token.startsWith(`--${flag}=`))?.slice(flag.length + 3)
}

function isWanted({ flag, beside }: ChangedDefault, tokens: readonly string[]): boolean {
  if (valueOf(tokens, flag) !== undefined) return false
  return beside === undefined || (valueOf(tokens, beside) ?? '0') !== '0'
}

/** Tokens with the defaults that are not the same everywhere, so that they mean the same everywhere. */
export function writtenOut(encoder: EncoderModule, tokens: readonly string[], facts?: ProgramFacts): string[] {
  const added = encoder.changedDefaults.filter(
    (one) => isWanted(one, tokens) && (facts === undefined || isListed(facts, one.flag))
  )
  return [...tokens, ...added.map(({ flag, value }) => `--${flag}=${value}`)]
}

/** Parameters of a new project: with what their program's versions would not agree on. */
export function writeOut(encoder: EncoderModule, params: EncoderParams, facts?: ProgramFacts): EncoderParams {
  const tokens = writtenOut(encoder, params.tokens, facts)
  if (tokens.length === params.tokens.length) return params
  const added = tokens.slice(params.tokens.length)
  const notes = added.map((token) => {
    const flag = token.slice(2, token.indexOf('='))
    const was = encoder.changedDefaults.find((one) => one.flag === flag)?.was ?? ''
    return `${token} is written out because the default depends on the version: ${was}.`
  })
  return { ...params, tokens, text: tokens.join(' '), notes: [...params.notes, ...notes] }
}
