import { ParamsError } from '../errors.ts'
import { type FlagRules, ruleBroken } from './rules.ts'
import { tokenise } from './tokenise.ts'

/** One flag that passed its rule. */
export interface CheckedFlag {
  readonly name: string
  readonly value: string | undefined
}

const shown = (token: string): string => JSON.stringify(token.length > 60 ? `${token.slice(0, 60)}...` : token)

/** Refuses what is not on the allow-list, with the reason where there is a better one than "unknown". */
function checkName(rules: FlagRules, spelling: string, name: string): void {
  const reason = rules.core.get(name)
  if (reason !== undefined) throw new ParamsError('core-flag', `${spelling} is not accepted: ${reason}`, spelling)
  if (rules.files.has(name))
    throw new ParamsError('file-flag', `${spelling} names a file, which encoder parameters may not.`, spelling)
  if (!rules.allowed.has(name))
    throw new ParamsError(
      'unknown-flag',
      `${shown(spelling)} is not a parameter of ${rules.program} that grav1 accepts.`,
      spelling
    )
}

/** Long name, spelling and value of one token; the value is undefined when the token holds none. */
function readToken(rules: FlagRules, token: string): { spelling: string; name: string; value: string | undefined } {
  const long = /^--([A-Za-z0-9][A-Za-z0-9_-]*)(?:=(.*))?$/s.exec(token)
  if (long?.[1] !== undefined) return { spelling: `--${long[1]}`, name: long[1], value: long[2] }
  const letters = /^-([A-Za-z][A-Za-z]*)(?:=(.*))?$/s.exec(token)
  if (letters?.[1] !== undefined) {
    return { spelling: `-${letters[1]}`, name: rules.short.get(letters[1]) ?? letters[1], value: letters[2] }
  }
  throw new ParamsError(
    'bad-syntax',
    `${shown(token)} is not a parameter; ${rules.program} would take it for a file name.`,
    token
  )
}

/**
 * Tokenises and checks a parameter text. Of a flag given twice the last stays, in its place.
 * @throws ParamsError with a sentence that names the flag
 */
export function checkParams(rules: FlagRules, text: string): CheckedFlag[] {
  const tokens = tokenise(text)
  const flags = new Map<string, string | undefined>()
  for (let i = 0; i < tokens.length; i += 1) {
    const { spelling, name, value: inline } = readToken(rules, tokens[i] ?? '')
    checkName(rules, spelling, name)
    const rule = rules.allowed.get(name) ?? { type: 'none' }
    let value = inline
    if (value === undefined && rule.type !== 'none') {
      i += 1
      value = tokens[i]
    }
    const broken = ruleBroken(rule, value)
    if (broken !== undefined) {
      throw new ParamsError(
        'bad-value',
        `${spelling} ${broken}${value === undefined ? '' : `, not ${shown(value)}`}.`,
        spelling
      )
    }
    flags.delete(name)
    flags.set(name, rule.type === 'int' && value !== undefined ? String(Number(value)) : value)
  }
  return [...flags].map(([name, value]) => ({ name, value }))
}

/** The normal form of a flag. */
export const tokenOf = (flag: CheckedFlag): string =>
  flag.value === undefined ? `--${flag.name}` : `--${flag.name}=${flag.value}`
