import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING, GOSSIP_VERDICT, LIMITS } from '../../src/swarm/protocol/index.ts'
import { SERVING } from '../../src/swarm/blob/serving-limits.ts'
import { CONDUCT, CONNECTIONS, DOORS, KEPT, WASTE } from '../../src/swarm/doors/door-limits.ts'
import { filesBelow, read } from './doc-files.ts'

const numbers = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => Number(match[1]))

async function rulesInCode(): Promise<Set<number>> {
  const found = new Set<number>()
  for (const file of await filesBelow('src', '.ts'))
    for (const rule of numbers(await read(file), /\[RULE (\d+)\]/g)) found.add(rule)
  return found
}

/** Where the code says a limit; each stands there alone. */
const LIMIT_TABLES: readonly Readonly<Record<string, number>>[] = [
  LIMITS,
  { ...DEFAULT_TIMING },
  CONNECTIONS,
  KEPT,
  CONDUCT,
  WASTE,
  SERVING
]
const DOOR_COLUMNS = [
  'streamsPerPeer',
  'streamsPerRange',
  'streamsMax',
  'opensBurst',
  'opensPerSecond',
  'bytesBurst',
  'bytesPerSecond'
] as const

const isCore = (file: string): boolean => /^src\/(?:swarm\/protocol|encode\/rules)\//.test(file)

/** Rules that are nothing but bytes and signatures, by file: cryptography is not for the pure core. */
const SIGNED: ReadonlyMap<string, readonly number[]> = new Map([
  ['src/swarm/signer.ts', [10, 11]],
  ['src/swarm/invite/join-messages.ts', [81]]
])

/** Functions of the pure core that carry out a rule by themselves, as `number name`. */
async function coreFunctions(): Promise<Set<string>> {
  const found = new Set<string>()
  for (const file of (await filesBelow('src', '.ts')).filter(isCore))
    for (const [, doc = '', name] of (await read(file)).matchAll(
      /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport (?:function|const) (\w+)/g
    ))
      for (const rule of numbers(doc, /\[RULE (\d+)\]/g)) found.add(`${rule} ${name}`)
  return found
}

/** Marks outside of the pure core that stand above no call of its function for the rule. */
async function ownRules(): Promise<string[]> {
  const core = await coreFunctions()
  const wrong: string[] = []
  for (const file of (await filesBelow('src', '.ts')).filter((one) => !isCore(one))) {
    const lines = (await read(file)).split('\n')
    for (const [index, line] of lines.entries())
      for (const rule of numbers(line, /\[RULE (\d+)\]/g)) {
        if (SIGNED.get(file)?.includes(rule) === true) continue
        const calls = [...(lines[index + 1] ?? '').matchAll(/\b(\w+)\(/g)].map(([, name]) => `${rule} ${name}`)
        if (!calls.some((call) => core.has(call))) wrong.push(`${file}:${index + 1}`)
      }
  }
  return wrong
}

describe('a shell', () => {
  test('names a rule only right above its call of the pure core for it', async () => {
    expect(await ownRules()).toEqual([])
  })
})

describe('docs/protocol.md', () => {
  test('defines every rule of the code once and in order, and no other', async () => {
    const defined = numbers(await read('docs/protocol.md'), /^\*\*\[RULE (\d+)\]\*\*/gm)
    expect(defined).toEqual([...(await rulesInCode())].sort((a, b) => a - b))
  })

  test('names only rules that it defines', async () => {
    const text = await read('docs/protocol.md')
    const defined = new Set(numbers(text, /^\*\*\[RULE (\d+)\]\*\*/gm))
    expect(numbers(text, /\bRULE (\d+)/g).filter((rule) => !defined.has(rule))).toEqual([])
  })

  test('gives the limits and durations that the code has', async () => {
    const text = await read('docs/protocol.md')
    const rows = LIMIT_TABLES.flatMap(Object.entries).map(([name, value]) => `| \`${name}\` | ${value} |`)
    expect(rows.filter((row) => !text.includes(row))).toEqual([])
  })

  test('gives every door as it is in the code, and no other', async () => {
    const text = await read('docs/protocol.md')
    const rows = Object.entries(DOORS).map(
      ([name, limits]) => `| \`${name}\` | ${DOOR_COLUMNS.map((key) => limits[key]).join(' | ')} |`
    )
    const [, table = ''] = /### Connections and streams\n[^]*?\n((?:\|.*\n)+)/.exec(text) ?? []
    expect(table.trimEnd().split('\n').slice(2)).toEqual(rows)
  })

  test('no limit has its name twice', () => {
    const names = LIMIT_TABLES.flatMap(Object.keys)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('gives the error codes and verdicts that the code has', async () => {
    const lines = (await read('docs/protocol.md')).split('\n')
    const wrong = Object.entries(GOSSIP_VERDICT).filter(
      ([code, verdict]) => !lines.some((line) => line.startsWith(`| \`${code}\` |`) && line.endsWith(`| ${verdict} |`))
    )
    expect(wrong).toEqual([])
  })
})
