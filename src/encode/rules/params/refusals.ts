import { ParamsError, type ParamsErrorCode } from '../errors.ts'
import type { FlagRules } from './flag-rules.ts'
import { firstWith, goneSince, isLater } from './option-table.ts'
import type { Token } from './read-token.ts'
import { ruleBroken } from './rules.ts'
import { nearest } from './spelling.ts'

/** One thing that is wrong with a parameter text. */
export interface Problem {
  readonly code: ParamsErrorCode
  readonly message: string
  readonly flag: string
}

/** Problems listed at once; more would not help. */
const PROBLEMS_MAX = 10

export const shown = (token: string): string => JSON.stringify(token.length > 60 ? `${token.slice(0, 60)}...` : token)

export const asWritten = (spelling: string, value: string | undefined): string =>
  value === undefined ? spelling : `${spelling}=${value.slice(0, 60)}`

/** Another version than the installed one would take it; undefined where none would. */
export function otherVersion(rules: FlagRules, read: Token, value: string | undefined): Problem | undefined {
  const { product, program, version } = rules
  const known = rules.options.get(read.name)
  if (known === undefined) return undefined
  const problem = (message: string): Problem => ({ code: 'other-version', message, flag: read.spelling })
  const isHere = rules.allowed.has(read.name)
  const introduced = known.find(({ since }) => since !== undefined && isLater(since, version))?.since
  const first = firstWith(known, value, version) ?? (isHere ? undefined : introduced)
  if (first !== undefined) {
    const what = isHere ? asWritten(read.spelling, value) : read.spelling
    return problem(`${what} needs ${product} ${first} or later; this node has ${version}.`)
  }
  if (isHere) return undefined
  const gone = goneSince(known, version)
  if (gone === undefined)
    return problem(
      `${read.spelling} is not in the ${program}${version === undefined ? '' : ` ${version}`} that is installed on this node.`
    )
  return problem(`${read.spelling} is not in ${product} ${gone} and later; this node has ${version}.`)
}

/** A name that is not an option in any version. */
export function unknownFlag(rules: FlagRules, { spelling, name }: Token, value: string | undefined): Problem {
  const what = `${shown(spelling)} is not a parameter of ${rules.program} that grav1 accepts`
  const problem = (message: string): Problem => ({ code: 'unknown-flag', message, flag: spelling })
  const instead = rules.foreign.get(name)
  if (instead !== undefined) return problem(`${what}; ${instead}.`)
  const near = nearest(name, rules.allowed.keys())
  if (near === undefined) return problem(`${what}.`)
  const rule = rules.allowed.get(near)
  const fits = rule !== undefined && ruleBroken(rule, value) === undefined
  return problem(`${what}; did you mean ${asWritten(`--${near}`, fits ? value : undefined)}?`)
}

export const noFlag = (rules: FlagRules, token: string): Problem => ({
  code: 'bad-syntax',
  message: `${shown(token)} is not a parameter; ${rules.program} would take it for a file name: leave it out.`,
  flag: token
})

/** One error for all problems: code and flag are those of the first. */
export function refusal(problems: readonly Problem[]): ParamsError {
  const told = problems.slice(0, PROBLEMS_MAX).map(({ message }) => message)
  if (problems.length > told.length) told.push(`And ${problems.length - told.length} more.`)
  return new ParamsError(problems[0]?.code ?? 'bad-syntax', told.join(' '), { flag: problems[0]?.flag })
}
