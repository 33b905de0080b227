import { ParamsError } from '../errors.ts'
import { parseTarget } from '../target-quality.ts'
import type { QualityTarget } from '../quality.ts'
import type { CheckedFlag } from './check.ts'
import type { ValueRule } from './rules.ts'

const TARGET = 'target-quality'

/** Flags of grav1's own among an encoder's parameters: no encoder sees them. */
export const OWN_FLAGS: readonly (readonly [string, ValueRule])[] = [[TARGET, { type: 'text' }]]

/** The parameters to use: the defaults where there are none, and beside a target alone. */
export function withDefaults(text: string, defaults: string): string {
  const given = text.trim()
  if (given === '' || given === '-1') return defaults
  return /^--target-quality[= ]\s*[^\s]+$/.test(given) ? `${defaults} ${given}` : text
}

/**
 * Takes the target out of an encoder's flags.
 * @param constantQuality flag and value of the mode in which the quantiser decides; set where no other was asked for
 * @throws ParamsError `bad-value`
 */
export function takeTarget(
  flags: readonly CheckedFlag[],
  constantQuality: readonly [flag: string, value: string]
): { readonly flags: readonly CheckedFlag[]; readonly target: QualityTarget | undefined } {
  const text = flags.find(({ name }) => name === TARGET)?.value
  if (text === undefined) return { flags, target: undefined }
  const target = parseTarget(text)
  const [name, value] = constantQuality
  const mode = flags.find((flag) => flag.name === name)
  if (mode !== undefined && mode.value !== value)
    throw new ParamsError(
      'bad-value',
      `--${TARGET} chooses the quantiser of --${name}=${value}, not of --${name}=${mode.value}.`
    )
  const others = flags.filter((flag) => flag.name !== TARGET)
  return { flags: mode === undefined ? [...others, { name, value }] : others, target }
}
