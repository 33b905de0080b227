import { ParamsError } from '../errors.ts'
import { grainFileText, parseGrainValue } from '../grain-table.ts'
import type { CheckedFlag } from '../params/check.ts'
import { int, type ValueRule } from '../params/rules.ts'
import { photonNoiseTable } from '../photon-noise.ts'
import type { EncoderParams, VideoFormat } from '../types.ts'

const PHOTON_NOISE = 'photon-noise'
const GRAIN_TABLE = 'grain-table'

/** Flags of which grav1 makes a film grain table; the encoder gets its file. */
export const GRAIN_FLAGS: readonly (readonly [string, ValueRule])[] = [
  [PHOTON_NOISE, int(100, 6400)],
  [GRAIN_TABLE, { type: 'text', words: 'the numbers of a film grain table, as grav1 submit --grain-table writes them' }]
]

const NAMES = GRAIN_FLAGS.map(([name]) => name)

/** Whether the encoder is not to see a token, but a table. */
export const isGrainToken = (token: string): boolean => NAMES.some((name) => token.startsWith(`--${name}=`))

export const hasGrain = ({ tokens }: Pick<EncoderParams, 'tokens'>): boolean => tokens.some(isGrainToken)

/**
 * Only one of the flags that describe the grain may be given, and a table has to be one.
 * @param others of the encoder itself; 0 is none
 * @throws ParamsError `bad-value`
 */
export function checkGrain(flags: readonly CheckedFlag[], others: readonly string[]): void {
  const grain = flags.filter(({ name }) => NAMES.includes(name))
  const [first] = grain
  if (first === undefined) return
  const other = grain[1] ?? flags.find(({ name, value }) => others.includes(name) && value !== '0')
  if (other !== undefined)
    throw new ParamsError('bad-value', `--${first.name} and --${other.name} both describe the grain: give only one.`)
  if (first.name === GRAIN_TABLE) parseGrainValue(first.value ?? '')
}

/** The value of a flag among the tokens. */
export function valueOf(params: Pick<EncoderParams, 'tokens'>, name: string): string | undefined {
  const start = `--${name}=`
  return params.tokens.find((token) => token.startsWith(start))?.slice(start.length)
}

/** The text of the table that the parameters ask for. */
export function grainTable(params: EncoderParams, { width, height, colour }: VideoFormat): string | undefined {
  const table = valueOf(params, GRAIN_TABLE)
  if (table !== undefined) return grainFileText(parseGrainValue(table))
  const iso = valueOf(params, PHOTON_NOISE)
  if (iso === undefined) return undefined
  const transfer = valueOf(params, 'transfer-characteristics') ?? colour.transfer
  return photonNoiseTable({ iso: Number(iso), width, height, transfer })
}
