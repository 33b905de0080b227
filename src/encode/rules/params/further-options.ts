import type { ProgramFacts } from '../types.ts'
import { choice, decimal, type ValueRule } from './rules.ts'

/** Any number with at most two places: whatever an option means, it names no file. */
const NUMBER = decimal(-999_999, 999_999, 1)

/** An option and what its line says of it. */
const LINE = /^\s*(?:-\w+,?\s+)?--([a-z][\w-]{1,40})(?:[ =]<\w+>)?\s+(.*)$/i

/** Options whose line has such words may be for a file. */
const OF_FILES = /\b(?:files?|path|folder|directory|log|json|csv|xml|stats?|statistics|config|list|map|name)\b/i

/** `[0-10]`, `[0.0 - 6.0]`, `[-1 - 3]`, `[0: off, 1: on]` */
const RANGE = /\[\s*(-?\d+(?:\.\d+)?)\s*(?:-|,|\.\.)\s*(-?\d+(?:\.\d+)?)\s*[\],]/
/** `[off, fast, slow]`, `[off|fast|slow]` */
const WORDS = /\[\s*([a-z][\w-]*(?:\s*[,|]\s*[a-z][\w-]*)+)\s*\]/i

function ruleOf(said: string): ValueRule {
  const words = WORDS.exec(said)?.[1]
  if (words !== undefined) return choice(...words.split(/\s*[,|]\s*/))
  const [, least, most] = RANGE.exec(said) ?? []
  const [min, max] = [Math.floor(Number(least)), Math.ceil(Number(most))]
  return min < max && Math.abs(min) < 10_000 && Math.abs(max) < 1_000_000 ? decimal(min, max, 1) : NUMBER
}

/** What a program's help says of its options that may be taken although nobody knows them: those with a number or a word of a list for a value. */
export function furtherOptions(help: string): ReadonlyMap<string, ValueRule> {
  const found = new Map<string, ValueRule>()
  for (const line of help.split(/\r?\n/)) {
    const [, name, said = ''] = LINE.exec(line) ?? []
    if (name === undefined || OF_FILES.test(said) || OF_FILES.test(name.replaceAll('-', ' '))) continue
    found.set(name, ruleOf(said))
  }
  return found
}

/** Facts by which parameters pass that were checked before, by the program that they are for. */
export const checkedBefore = (text: string): ProgramFacts => ({
  version: 'unknown',
  options: new Set(),
  further: new Map(
    [...text.matchAll(/(?:^|\s)--([a-z][\w-]*)[= ](\S+)/gi)].flatMap(([, name = '', value = '']) =>
      /^-?\d{1,6}(?:\.\d{1,2})?$/.test(value)
        ? [[name, NUMBER] as const]
        : /^[a-z][\w-]*$/i.test(value)
          ? [[name, choice(value)] as const]
          : []
    )
  )
})
