import { ParamsError } from '../errors.ts'
import { type SceneWork, TWO_PASSES } from '../../../common/scene-progress.ts'
import type { EncoderModule, EncoderName } from '../types.ts'
import { aomEncoder } from './aom.ts'
import { svtAvEncoder } from './svt-av.ts'
import { svtEncoder } from './svt.ts'
import { vp9AvEncoder } from './vp9-av.ts'
import { vp9Encoder } from './vp9.ts'

/** Every encoder that grav1 drives. */
export const ENCODERS: Readonly<Record<EncoderName, EncoderModule>> = {
  aom: aomEncoder,
  vp9: vp9Encoder,
  svt: svtEncoder,
  'svt-av': svtAvEncoder,
  'vp9-av': vp9AvEncoder
}

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
    `There is no encoder ${JSON.stringify(nameOrAlias.slice(0, 60))}; known are ${known.slice(0, -1).join(', ')} and ${known.at(-1)}.`
  )
}

/** The same objects each time: who looks at projects again sees that nothing changed. */
const WORK: ReadonlyMap<string, SceneWork> = new Map(
  Object.values(ENCODERS).map(({ name, passes, firstPassShare, lookAheadFrames }) => [
    name,
    { passes, firstPassShare, lookAheadFrames }
  ])
)

/** What a project's encoder does for a scene, for progress; two passes for one that this node does not know. */
export const workOf = (encoderName: string): SceneWork => WORK.get(encoderName) ?? TWO_PASSES
