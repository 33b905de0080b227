import type { ProgramFacts } from '../types.ts'
import { anyOf, ruleBroken, type ValueRule } from './rules.ts'

/** What an option takes in some versions of its program. */
export interface VersionedRule {
  readonly rule: ValueRule
  /** First version that takes it so; undefined: every one that grav1 knows. */
  readonly since?: string
  /** First version that has the option no more, or takes other values. */
  readonly until?: string
}

/** Options of a program by name, without dashes, with their rules from old to new. */
export type OptionTable = ReadonlyMap<string, readonly VersionedRule[]>

export const since = (version: string, rule: ValueRule): VersionedRule => ({ since: version, rule })
export const before = (version: string, rule: ValueRule): VersionedRule => ({ until: version, rule })

/** One line of a table: the option and its rules from old to new. A rule without a version holds for all, until a later one follows. */
export type OptionLine = readonly [name: string, ...rules: (ValueRule | VersionedRule)[]]

export const optionTable = (lines: readonly OptionLine[]): OptionTable =>
  new Map(lines.map(([name, ...rules]) => [name, rules.map((one) => ('rule' in one ? one : { rule: one }))]))

const numbersOf = (version: string): number[] => (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number)

/** Whether a version, as a program tells it, is `first` or later. */
export function isSince(version: string, first: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(first)]
  for (const [at, number] of want.entries()) {
    const other = have[at] ?? 0
    if (other !== number) return other > number
  }
  return true
}

/** The version that decides; undefined where the widest rule counts. */
export const versionOf = (facts: ProgramFacts | undefined): string | undefined =>
  facts !== undefined && /^\d/.test(facts.version) ? facts.version : undefined

/** What an option takes in a version, or in any where none is known; undefined where it does not have the option. */
export function ruleAt(rules: readonly VersionedRule[], version: string | undefined): ValueRule | undefined {
  if (version === undefined) return anyOf(rules.map(({ rule }) => rule))
  const there = rules.filter(
    ({ since: first, until }) =>
      (first === undefined || isSince(version, first)) && (until === undefined || !isSince(version, until))
  )
  return there.at(-1)?.rule
}

/** Whether a version is later than the installed one. */
export const isLater = (version: string, installed: string | undefined): boolean =>
  installed !== undefined && !isSince(installed, version)

/** The first version later than the installed one that takes a value: `3.0`; undefined where none does. */
export const firstWith = (
  rules: readonly VersionedRule[],
  value: string | undefined,
  installed: string | undefined
): string | undefined =>
  rules.find(({ rule, since: first }) => isLater(first ?? '0', installed) && ruleBroken(rule, value) === undefined)
    ?.since

/** The version that removed an option, if the installed one is that or later. */
export function goneSince(rules: readonly VersionedRule[], installed: string | undefined): string | undefined {
  const last = rules.at(-1)?.until
  return last !== undefined && installed !== undefined && isSince(installed, last) ? last : undefined
}

/** The shortest name that vpxenc's help cuts off: it has a column of 24 characters. */
const CUT_CHARS_MIN = 23

/** Whether the program's help lists an option; true for a program without a help. */
export function isListed({ options }: ProgramFacts, name: string): boolean {
  if (options.size === 0 || options.has(name)) return true
  return name.length >= CUT_CHARS_MIN && [...options].some((cut) => cut.length >= CUT_CHARS_MIN && name.startsWith(cut))
}
