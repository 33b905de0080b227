import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { encoderFacts } from '../../../src/encode/programs/program-facts.ts'
import { ENCODERS, ParamsError, type ProgramFacts, rulesFor } from '../../../src/encode/rules/index.ts'
import { isListed } from '../../../src/encode/rules/params/option-table.ts'

/** One option as a program describes it. */
interface HelpOption {
  readonly name: string
  readonly short: string | undefined
  readonly text: string
}

/** vpxenc cuts what does not fit its column, names and all. */
const NAME_COLUMN_CHARS = 24

/** Reads `  -o <arg>, --output=<arg>   Output filename`, with the lines that go on below. */
function readHelp(program: string): HelpOption[] {
  const help = execFileSync(program, ['--help'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const options: HelpOption[] = []
  for (const line of help.split('\n')) {
    const match = /^ *(?:-(\w+)(?: <arg>)?, +)?--([A-Za-z][\w-]*)(.*)$/.exec(line)
    const last = options.at(-1)
    if (match?.[2] !== undefined) options.push({ name: match[2], short: match[1], text: match[3] ?? '' })
    else if (last !== undefined && /^\s{8,}\S/.test(line))
      options.push({ ...last, text: `${last.text} ${line.trim()}` })
  }
  return options
}

/** What has a program with a help text. */
type ProgramName = 'aom' | 'vp9' | 'svt'

const codeOf = (encoder: ProgramName, text: string, facts?: ProgramFacts): string => {
  try {
    return ENCODERS[encoder].parseParams(text, facts).tokens.length === 0 ? 'left out' : 'accepted'
  } catch (error) {
    if (error instanceof ParamsError) return error.code
    throw error
  }
}

describe.for(['aom', 'vp9', 'svt'] as const)('%s', (encoder) => {
  const { flags, changedDefaults } = ENCODERS[encoder]
  const options = readHelp(flags.program)
  const known = [...flags.options.keys(), ...flags.own.keys(), ...flags.core.keys(), ...flags.files]
  known.push(...flags.aliases.keys(), flags.nested ?? '')
  let facts: ProgramFacts

  beforeAll(async () => {
    facts = await encoderFacts(ENCODERS[encoder], { signal: AbortSignal.timeout(60_000) })
  })

  test('the help was understood', () => {
    expect(new Set(options.map(({ name }) => name)).size).toBeGreaterThan(100)
  })

  test('it says which version it is, and every flag of that version is one of the program', () => {
    expect(facts.version).toMatch(/^\d+\.\d+/)
    const { allowed } = rulesFor(flags, { ...facts, options: new Set() })
    const missing = [...allowed.keys()].filter((name) => !flags.own.has(name) && !isListed(facts, name))
    expect(missing).toEqual([])
  })

  test('every option of the table that the program has is one of its version', () => {
    const { allowed } = rulesFor(flags, facts)
    const there = [...flags.options.keys()].filter((name) => facts.options.has(name))
    expect(there.filter((name) => !allowed.has(name))).toEqual([])
  })

  test('what is written out for a new project is taken', () => {
    for (const { flag, value } of changedDefaults.filter((one) => isListed(facts, one.flag)))
      expect(codeOf(encoder, `--${flag}=${value}`, facts), flag).toBe('accepted')
  })

  test('every option of the program is allowed, or refused with a reason', () => {
    const isKnown = (name: string): boolean =>
      known.includes(name) || (name.length >= NAME_COLUMN_CHARS - 1 && known.some((other) => other.startsWith(name)))
    expect(options.map(({ name }) => name).filter((name) => !isKnown(name))).toEqual([])
  })

  test('no option that names a file is taken, in any spelling', () => {
    const naming = options.filter(({ text }) => /\bfile(?:name)?\b|\bpath\b/i.test(text))
    expect(naming.length).toBeGreaterThan(3)
    for (const { name, short } of naming) {
      const spellings = [`--${name}=/tmp/x`, `--${name} /tmp/x`]
      if (short !== undefined) spellings.push(`-${short} /tmp/x`, `-${short}=/tmp/x`)
      for (const text of spellings) expect(codeOf(encoder, text), text).not.toBe('accepted')
      expect(codeOf(encoder, `-${name} /tmp/x`), name).not.toBe('accepted')
    }
  })

  test('no value of a flag can name a file', () => {
    for (const name of rulesFor(flags).allowed.keys()) {
      for (const value of ['/tmp/x', 'x.log', '../x', '-', 'stdin', '~', 'file:x'])
        expect(codeOf(encoder, `--${name}=${value}`), `--${name}=${value}`).toBe('bad-value')
    }
  })

  test('one-letter spellings mean what they mean to the program', () => {
    for (const { name, short } of options) {
      const meant = short === undefined ? undefined : (flags.short.get(short) ?? short)
      if (meant === undefined || meant === name) continue
      // A letter without a long name here has to be refused as it is.
      expect(flags.core.has(meant) || flags.files.has(meant), `-${short}`).toBe(true)
      expect(flags.short.has(short ?? ''), `-${short}`).toBe(false)
    }
  })
})
