import type { CoreFlag } from './core-flags.ts'
import type { FlagRules } from './flag-rules.ts'
import { createNotes } from './notes.ts'
import { isValue, readToken, type Token, unfold } from './read-token.ts'
import { asWritten, noFlag, otherVersion, type Problem, refusal, shown, unknownFlag } from './refusals.ts'
import { normalValue, ruleBroken, type ValueRule } from './rules.ts'
import { tokenise } from './tokenise.ts'

/** One flag that passed its rule. */
export interface CheckedFlag {
  readonly name: string
  readonly value: string | undefined
}

/** Sides of the picture that the parameters name; they have to be the source's. */
export interface NamedSize {
  readonly width?: number
  readonly height?: number
}

export interface CheckedParams {
  readonly flags: readonly CheckedFlag[]
  /** Sentences about what was left out. */
  readonly notes: readonly string[]
  /** The flags are not all in the text as they are used. */
  readonly rewritten: boolean
  readonly size: NamedSize
}

const FRAMES = 'grav1 passes the frames itself.'

/** How command lines name the streams between programs. */
const PIPES = new Set(['-', 'stdin', 'stdout'])

/** Flags without a value may still be given as 0 or 1. */
const isHarmless = ({ harmless, bare }: CoreFlag, value = ''): boolean =>
  harmless === 'any' ? bare !== true || /^\d?$/.test(value) : harmless.includes(value)

/**
 * Tokenises and checks a parameter text. Of a flag given twice the last stays, in its place.
 * @throws ParamsError with a sentence for each flag that is refused; its `flag` and `code` are those of the first
 */
export function checkParams(rules: FlagRules, text: string): CheckedParams {
  const given = tokenise(text)
  const tokens = unfold(rules.nested, given)
  const flags = new Map<string, string | undefined>()
  const problems: Problem[] = []
  const notes = createNotes()
  const size: { width?: number; height?: number } = {}
  let renamed = tokens.join(' ') !== given.join(' ')

  function takeWord(word: string, isFirst: boolean): void {
    const isProgram = isFirst && word.toLowerCase() === rules.program.toLowerCase()
    if (word === '-' || isProgram) notes.leftOut(word, FRAMES)
    else problems.push(noFlag(rules, word))
  }

  function takeCore({ spelling, name }: Token, core: CoreFlag, value: string | undefined): void {
    const { reason, harmless } = core
    if (!isHarmless(core, value)) {
      const what = harmless !== 'any' && harmless.length > 0 ? asWritten(spelling, value) : spelling
      problems.push({ code: 'core-flag', message: `${what} is not accepted: ${reason}`, flag: spelling })
      return
    }
    notes.leftOut(spelling, reason)
    if ((name === 'width' || name === 'height') && /^\d{1,5}$/.test(value ?? '')) size[name] = Number(value)
  }

  function takeFile({ spelling, name }: Token, value: string | undefined): void {
    if ((name === 'input' || name === 'output') && PIPES.has(value ?? '')) return notes.leftOut(spelling, FRAMES)
    const message = `${spelling} names a file, which encoder parameters may not: leave it out.`
    problems.push({ code: 'file-flag', message, flag: spelling })
  }

  function takeAllowed(read: Token, rule: ValueRule, value: string | undefined): void {
    const { spelling, name } = read
    const broken = ruleBroken(rule, value)
    if (broken !== undefined) {
      const not = value === undefined ? '' : `, not ${shown(value)}`
      const bad: Problem = { code: 'bad-value', message: `${spelling} ${broken}${not}.`, flag: spelling }
      problems.push((value === undefined ? undefined : otherVersion(rules, read, value)) ?? bad)
    }
    flags.delete(name)
    flags.set(name, value === undefined ? undefined : normalValue(rule, value))
    renamed ||= rules.aliases.has(spelling.replace(/^--?/, ''))
  }

  /** Takes one flag with its value; the number of tokens that this was. */
  function takeFlag(written: Token, next: string | undefined): 1 | 2 {
    const value = written.value ?? (isValue(next) ? next : undefined)
    const both = value === written.value ? 1 : 2
    const read = asDepth(written, value) ?? written
    const core = rules.core.get(read.name)
    if (core !== undefined) {
      takeCore(read, core, core.bare === true ? read.value : value)
      return core.bare === true ? 1 : both
    }
    const rule = rules.allowed.get(read.name)
    if (rules.files.has(read.name)) takeFile(read, value)
    else if (rule !== undefined) takeAllowed(read, rule, value)
    else problems.push(otherVersion(rules, read, value) ?? unknownFlag(rules, read, value))
    return both
  }

  /** `-b 10`, which is an output file to SvtAv1EncApp, is the depth to everybody else. */
  function asDepth(read: Token, value: string | undefined): Token | undefined {
    if (read.spelling !== '-b' || !/^\d+$/.test(value ?? '') || !rules.allowed.has('bit-depth')) return undefined
    renamed ||= read.name !== 'bit-depth'
    return { ...read, name: 'bit-depth' }
  }

  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] ?? ''
    const read = readToken(rules, token)
    if (read === undefined) takeWord(token, at === 0)
    at += read === undefined ? 1 : takeFlag(read, tokens[at + 1])
  }
  if (problems.length > 0) throw refusal(problems)
  const sentences = notes.sentences()
  return {
    flags: [...flags].map(([name, value]) => ({ name, value })),
    notes: sentences,
    rewritten: renamed || sentences.length > 0,
    size
  }
}

/** The normal form of a flag. */
export const tokenOf = (flag: CheckedFlag): string =>
  flag.value === undefined ? `--${flag.name}` : `--${flag.name}=${flag.value}`
