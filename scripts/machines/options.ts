import { parseArgs } from 'node:util'

/** Systems whose roots can be built; `arm64` compares processors over several of them. */
export const SUITES = ['trixie', 'sid', 'arm64'] as const
export type Suite = (typeof SUITES)[number]

/** The system of the gate: the newest stable release. */
const GATE_SUITE: Suite = 'trixie'

/** What of a suite is run: `gate` is what has to hold before a merge, `all` is for the night. */
export const EXTENTS = ['gate', 'all'] as const
export type Extent = (typeof EXTENTS)[number]

/** What `npm run test:machines` was asked for. */
export interface MachinesOptions {
  readonly suites: readonly Suite[]
  readonly only: Extent
}

function pick<Word extends string>(words: readonly Word[], given: string, option: string): Word {
  const word = words.find((one) => one === given)
  if (word === undefined) throw new RangeError(`--${option} ${given}: it is one of ${words.join(', ')}.`)
  return word
}

/**
 * Default: `all` of every suite; `gate` is of Debian 13 unless another one is named.
 * @throws RangeError or TypeError with a sentence for the user
 */
export function readOptions(args: readonly string[]): MachinesOptions {
  const options = { suite: { type: 'string', multiple: true }, only: { type: 'string', default: 'all' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const only = pick(EXTENTS, values.only, 'only')
  const named = values.suite?.map((suite) => pick(SUITES, suite, 'suite'))
  return { only, suites: named ?? (only === 'all' ? SUITES : [GATE_SUITE]) }
}
