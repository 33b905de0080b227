import type { ProgramFacts } from '../types.ts'
import type { CoreFlag } from './core-flags.ts'
import type { ForeignFlags } from './foreign-flags.ts'
import { isListed, type OptionTable, ruleAt, versionOf } from './option-table.ts'
import type { ValueRule } from './rules.ts'

/** All rules for an encoder's flags, in any version; all names without their dashes. */
export interface FlagTable {
  /** As it is typed. */
  readonly program: string
  /** As sentences about versions call it. */
  readonly product: string
  readonly options: OptionTable
  /** Accepted by grav1, whatever the program's help says. */
  readonly own: ReadonlyMap<string, ValueRule>
  /** One-letter spellings and the long name that each stands for. */
  readonly short: ReadonlyMap<string, string>
  /** Other long names, and the one that each stands for. */
  readonly aliases: ReadonlyMap<string, string>
  /** The flag whose value is a list of others, `a=1:b=2`. */
  readonly nested?: string
  /** Flags of other programs. */
  readonly foreign: ForeignFlags
  /** Decided by grav1. */
  readonly core: ReadonlyMap<string, CoreFlag>
  /** Flags that name a file, which is not allowed on other machines. */
  readonly files: ReadonlySet<string>
}

/** The flags of one installed version, or of all versions. */
export interface FlagRules extends FlagTable {
  /** Undefined: any. */
  readonly version: string | undefined
  readonly allowed: ReadonlyMap<string, ValueRule>
}

const isKnown = (table: FlagTable, allowed: ReadonlyMap<string, ValueRule>, name: string): boolean =>
  allowed.has(name) || table.core.has(name) || table.files.has(name)

/** What any version takes: a fork may have an option sooner, or still. */
function ruleOfAny(table: FlagTable, name: string): ValueRule | undefined {
  const rules = table.options.get(name)
  return rules === undefined ? undefined : ruleAt(rules, undefined)
}

/** What of a table a program takes. Without facts the widest: what any version takes. */
export function rulesFor(table: FlagTable, facts?: ProgramFacts): FlagRules {
  const version = versionOf(facts)
  const allowed = new Map(table.own)
  for (const [name, rules] of table.options) {
    const rule = ruleAt(rules, version)
    if (rule !== undefined && (facts === undefined || isListed(facts, name))) allowed.set(name, rule)
  }
  const further = facts?.further ?? new Map<string, ValueRule>()
  for (const [name, rule] of further)
    if (!isKnown(table, allowed, name)) allowed.set(name, ruleOfAny(table, name) ?? rule)
  // A fork may still call an option what grav1 knows by a later name.
  const aliases = new Map(
    [...table.aliases].filter(([name]) => !further.has(name) || facts?.options.has(name) !== true)
  )
  return { ...table, version, allowed, aliases }
}
