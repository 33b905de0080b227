/** What the value of one encoder flag may be. */
export type ValueRule =
  | { readonly type: 'int'; readonly min: number; readonly max: number }
  /** A number with at most two places. All three are whole hundredths, so that no arithmetic rounds. */
  | { readonly type: 'decimal'; readonly min: number; readonly max: number; readonly step: number }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  /** Read by its own function, which throws for values that it does not accept. */
  | { readonly type: 'text'; readonly words: string }
  | { readonly type: 'none' }

export const int = (min: number, max: number): ValueRule => ({ type: 'int', min, max })
/** @param stepHundredths of the value: 25 for quarters */
export const decimal = (min: number, max: number, stepHundredths: number): ValueRule => ({
  type: 'decimal',
  min: min * 100,
  max: max * 100,
  step: stepHundredths
})
export const choice = (...values: string[]): ValueRule => ({ type: 'choice', values })
export const toggle: ValueRule = int(0, 1)

const inWords = (hundredths: number): string => String(hundredths / 100)

/** The values that a flag takes, as the end of a sentence. */
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
    case 'decimal':
      return `a number from ${inWords(rule.min)} to ${inWords(rule.max)} in steps of ${inWords(rule.step)}`
    default:
      return rule satisfies never
  }
}

/** Hundredths of a number that is written with at most two places; undefined for anything else. */
function hundredthsOf(text: string): number | undefined {
  const match = /^(-?)(\d{1,6})(?:\.(\d{1,2}))?$/.exec(text)
  if (match === null) return undefined
  const size = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return match[1] === '-' ? -size : size
}

function isTaken(rule: ValueRule, value: string): boolean {
  if (rule.type === 'choice') return rule.values.includes(value)
  if (rule.type === 'int') return /^-?\d{1,9}$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max
  if (rule.type === 'decimal') {
    const hundredths = hundredthsOf(value)
    return hundredths !== undefined && hundredths >= rule.min && hundredths <= rule.max && hundredths % rule.step === 0
  }
  return rule.type === 'text'
}

/** Why `value` breaks `rule`, as the end of a sentence; undefined when it does not. */
export function ruleBroken(rule: ValueRule, value: string | undefined): string | undefined {
  if (rule.type === 'none') return value === undefined ? undefined : 'takes no value'
  if (rule.type === 'text') return value === undefined ? 'takes a value' : undefined
  return value !== undefined && isTaken(rule, value) ? undefined : `takes ${ruleInWords(rule)}`
}

/** A value that passed its rule in its one spelling: `027.50` as `27.5`. */
export function normalValue(rule: ValueRule, value: string): string {
  const isNumber = rule.type === 'int' || rule.type === 'decimal'
  return isNumber ? String(Number(value)) : value
}

/** The rule that takes what either of two takes. */
function eitherOf(a: ValueRule, b: ValueRule): ValueRule {
  if (a.type === 'choice' && b.type === 'choice') return choice(...new Set([...a.values, ...b.values]))
  if (a.type === 'int' && b.type === 'int') return int(Math.min(a.min, b.min), Math.max(a.max, b.max))
  if (a.type === 'int' && b.type === 'choice') return eitherOf(allOf(a), b)
  // A decimal rule follows a whole one that it includes.
  return b
}

function allOf({ min, max }: { readonly min: number; readonly max: number }): ValueRule {
  return choice(...Array.from({ length: max - min + 1 }, (_, at) => String(min + at)))
}

/** The rule that takes what any of some takes. */
export const anyOf = (rules: readonly ValueRule[]): ValueRule | undefined =>
  rules.length === 0 ? undefined : rules.reduce(eitherOf)
