import { ParamsError } from '../errors.ts'
import type { EncoderModule, EncoderName } from '../types.ts'
import { aomEncoder } from './aom.ts'
import { vp9Encoder } from './vp9.ts'

/** Every encoder that grav1 drives. */
export const ENCODERS: Readonly<Record<EncoderName, EncoderModule>> = { aom: aomEncoder, vp9: vp9Encoder }

/**
 * The encoder that a user means.
 * @throws ParamsError `unknown-encoder`, listing the known ones
 */
export function findEncoder(nameOrAlias: string): EncoderModule {
  const wanted = nameOrAlias.trim().toLowerCase()
  const found = Object.values(ENCODERS).find((encoder) => encoder.name === wanted || encoder.aliases.includes(wanted))
  if (found !== undefined) return found
  const known = Object.values(ENCODERS).map((encoder) => `${encoder.name} (${encoder.aliases.join(', ')})`)
  throw new ParamsError(
    'unknown-encoder',
    `There is no encoder ${JSON.stringify(nameOrAlias.slice(0, 60))}; known are ${known.join(' and ')}.`
  )
}
