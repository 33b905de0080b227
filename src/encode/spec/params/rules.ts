/** What the value of one encoder flag may be. */
export type ValueRule =
  | { readonly type: 'int'; readonly min: number; readonly max: number }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  /** Read by a function of its own, which throws for what it does not take. */
  | { readonly type: 'text'; readonly words: string }
  | { readonly type: 'none' }

export const int = (min: number, max: number): ValueRule => ({ type: 'int', min, max })
export const choice = (...values: string[]): ValueRule => ({ type: 'choice', values })
export const toggle: ValueRule = int(0, 1)

/** What a flag takes, as the end of a sentence. */
export function ruleInWords(rule: ValueRule): string {
  switch (rule.type) {
    case 'none':
      return 'no value'
    case 'text':
      return rule.words
    case 'choice':
      return `one of ${rule.values.join(', ')}`
    case 'int':
      return `a whole number from ${rule.min} to ${rule.max}`
    default:
      return rule satisfies never
  }
}

/** Everything that decides whether a flag is taken; all names without their dashes. */
export interface FlagRules {
  readonly program: string
  readonly allowed: ReadonlyMap<string, ValueRule>
  /** One-letter spellings and the long name that each stands for. */
  readonly short: ReadonlyMap<string, string>
  /** Set by grav1; the value is the reason that users read. */
  readonly core: ReadonlyMap<string, string>
  /** Name a file, which nobody may do on another's machine. */
  readonly files: ReadonlySet<string>
}

/** Why `value` breaks `rule`, as the end of a sentence; undefined when it does not. */
export function ruleBroken(rule: ValueRule, value: string | undefined): string | undefined {
  if (rule.type === 'none') return value === undefined ? undefined : 'takes no value'
  if (rule.type === 'text') return value === undefined ? 'takes a value' : undefined
  const wanted = `takes ${ruleInWords(rule)}`
  if (rule.type === 'choice') return value !== undefined && rule.values.includes(value) ? undefined : wanted
  if (value === undefined || !/^-?\d{1,9}$/.test(value)) return wanted
  const number = Number(value)
  return number >= rule.min && number <= rule.max ? undefined : wanted
}
