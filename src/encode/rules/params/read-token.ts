import type { FlagTable } from './flag-rules.ts'

/** One token of a parameter text. */
export interface Token {
  /** As it was written, without its value. */
  readonly spelling: string
  /** Long name without dashes. */
  readonly name: string
  /** After the `=`; undefined when the token holds none. */
  readonly value: string | undefined
}

/** Long options with one dash or two, and one-letter ones. ffmpeg's names have colons and underscores. */
const FLAG = /^(--?)([A-Za-z0-9][\w:-]*)(?:=(.*))?$/s

/** Undefined if it is not a flag. */
export function readToken({ short, aliases }: FlagTable, token: string): Token | undefined {
  const [, dashes = '', written = '', value] = FLAG.exec(token) ?? []
  if (written === '' || (dashes === '-' && /^\d/.test(written))) return undefined
  const known = dashes === '-' ? short.get(written) : undefined
  return { spelling: `${dashes}${written}`, name: known ?? aliases.get(written) ?? written, value }
}

/** Whether a token can be the value of the flag before it: no flag itself. */
export const isValue = (token: string | undefined): token is string => token !== undefined && !/^-(?!\d|$)/.test(token)

/** `--svtav1-params a=1:b=2`, as ffmpeg has it, becomes `--a=1 --b=2`. */
export function unfold(nested: string | undefined, tokens: readonly string[]): string[] {
  if (nested === undefined) return [...tokens]
  const unfolded: string[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? ''
    const [, name, inline] = /^--?([\w-]+)(?:=(.*))?$/s.exec(token) ?? []
    if (name !== nested) {
      unfolded.push(token)
      continue
    }
    const list = inline ?? tokens[(at += 1)] ?? ''
    unfolded.push(...list.split(':').map((one) => (one === '' || one.startsWith('-') ? one : `--${one}`)))
  }
  return unfolded.filter((token) => token !== '')
}
