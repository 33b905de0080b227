import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { AOM_RULES } from '../../../src/encode/spec/encoders/aom-flags.ts'
import { SVT_RULES } from '../../../src/encode/spec/encoders/svt-flags.ts'
import { VP9_RULES } from '../../../src/encode/spec/encoders/vp9-flags.ts'
import { ENCODERS, ParamsError } from '../../../src/encode/spec/index.ts'
import type { FlagRules } from '../../../src/encode/spec/params/rules.ts'

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

/** The parameters that are grav1's own, which no program knows. */
const OWN: Record<ProgramName, readonly string[]> = {
  aom: ['target-quality', 'photon-noise'],
  vp9: ['target-quality'],
  svt: ['target-quality']
}
const RULES: Record<ProgramName, FlagRules> = { aom: AOM_RULES, vp9: VP9_RULES, svt: SVT_RULES }

const codeOf = (encoder: ProgramName, text: string): string => {
  try {
    ENCODERS[encoder].parseParams(text)
    return 'accepted'
  } catch (error) {
    if (error instanceof ParamsError) return error.code
    throw error
  }
}

describe.for(['aom', 'vp9', 'svt'] as const)('%s', (encoder) => {
  const rules = RULES[encoder]
  const options = readHelp(rules.program)
  const known = [...rules.allowed.keys(), ...rules.core.keys(), ...rules.files]

  test('the help was understood', () => {
    expect(new Set(options.map(({ name }) => name)).size).toBeGreaterThan(100)
  })

  test('every allowed flag is one of the program', () => {
    const there = new Set(options.map(({ name }) => name))
    const missing = [...rules.allowed.keys()].filter((name) => !there.has(name))
    expect(missing).toEqual(OWN[encoder])
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
      for (const text of spellings) expect(codeOf(encoder, text), text).toMatch(/^(core|file)-flag$/)
      expect(codeOf(encoder, `-${name} /tmp/x`), name).toMatch(/^(core|file)-flag$|^bad-syntax$/)
    }
  })

  test('no value of a flag can name a file', () => {
    for (const name of rules.allowed.keys()) {
      for (const value of ['/tmp/x', 'x.log', '../x', '-', 'stdin', '~', 'file:x'])
        expect(codeOf(encoder, `--${name}=${value}`), `--${name}=${value}`).toBe('bad-value')
    }
  })

  test('one-letter spellings mean what they mean to the program', () => {
    for (const { name, short } of options) {
      const meant = short === undefined ? undefined : (rules.short.get(short) ?? short)
      if (meant === undefined || meant === name) continue
      // A letter without a long name here has to be refused as it is.
      expect(rules.core.has(meant) || rules.files.has(meant), `-${short}`).toBe(true)
      expect(rules.short.has(short ?? ''), `-${short}`).toBe(false)
    }
  })
})
