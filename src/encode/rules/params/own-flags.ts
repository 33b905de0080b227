import { ParamsError } from '../errors.ts'
import { parseTarget, type QualityTarget, TARGET_FLAG, TARGET_WORDS } from '../quality/target.ts'
import type { CheckedFlag } from './check.ts'
import type { ValueRule } from './rules.ts'

/** Flags of grav1's own among an encoder's parameters: no encoder sees them. */
export const OWN_FLAGS: readonly (readonly [string, ValueRule])[] = [
  [TARGET_FLAG, { type: 'text', words: TARGET_WORDS }]
]

/** The parameters to use: the defaults where none are given. */
export function orDefaults(text: string, defaults: string): string {
  const given = text.trim()
  return given === '' || given === '-1' ? defaults : text
}

/** Parameters that have an option of their own, or more than one of them, and nothing else. */
const ONLY_OWN_OPTIONS = new RegExp(`^(?:--(?:${TARGET_FLAG}|photon-noise|grain-table)[= ]\\s*\\S+(?:\\s+|$))+$`)

/** The parameters of a project: those that have an option of their own are added to the defaults where nothing else is given. */
export function projectParams(text: string, defaults: string): string {
  return ONLY_OWN_OPTIONS.test(text.trim()) ? `${defaults} ${text.trim()}` : orDefaults(text, defaults)
}

/** Whether the encoder is not to see a token. */
export const isOwnToken = (token: string): boolean => token.startsWith(`--${TARGET_FLAG}=`)

/**
 * Reads the target among an encoder's flags.
 * @param constantQuality flag and value of the mode in which the quantiser decides; set where no other was asked for
 * @throws ParamsError `bad-value`
 */
export function readTarget(
  flags: readonly CheckedFlag[],
  constantQuality: readonly [flag: string, value: string]
): { readonly flags: readonly CheckedFlag[]; readonly target: QualityTarget | undefined } {
  const text = flags.find(({ name }) => name === TARGET_FLAG)?.value
  if (text === undefined) return { flags, target: undefined }
  const target = parseTarget(text)
  const [name, value] = constantQuality
  const mode = flags.find((flag) => flag.name === name)
  if (mode !== undefined && mode.value !== value)
    throw new ParamsError(
      'bad-value',
      `--${TARGET_FLAG} chooses the quantiser of --${name}=${value}, not of --${name}=${mode.value}.`,
      { flag: `--${name}` }
    )
  return { flags: mode === undefined ? [...flags, { name, value }] : flags, target }
}
