import { startParams } from '../defaults.ts'
import { ParamsError } from '../errors.ts'
import type { EncoderModule, EncoderParams, ProgramFacts, VideoFormat } from '../types.ts'
import { projectParams } from './own-flags.ts'
import { writeOut } from './written-out.ts'

/**
 * The parameters of a new project, from the user's text: the defaults if nothing is left of it, with values written out where versions differ.
 * @param facts of the program on the owner's machine
 * @throws ParamsError
 */
export function submittedParams(encoder: EncoderModule, typed: string, facts?: ProgramFacts): EncoderParams {
  const { defaultParams } = startParams(encoder, facts)
  const params = encoder.parseParams(projectParams(typed, defaultParams), facts)
  if (params.tokens.length > 0) return writeOut(encoder, params, facts)
  // Flags that grav1 decides itself do not affect the others.
  return { ...encoder.parseParams(defaultParams, facts), notes: params.notes, size: params.size }
}

/** @throws ParamsError `bad-value` when the parameters name a size that is not the source's: they mean to scale it */
export function checkNamedSize({ size }: EncoderParams, video: Pick<VideoFormat, 'width' | 'height'>): void {
  for (const side of ['width', 'height'] as const) {
    const named = size?.[side]
    if (named === undefined || named === 0 || named === video[side]) continue
    throw new ParamsError(
      'bad-value',
      `--${side}=${named} is not the ${side} of the source, which is ${video[side]}: every frame is encoded at its size.`,
      { flag: `--${side}` }
    )
  }
}
