import type { SceneRange } from '../rules/index.ts'
import { DamageFound } from './damage.ts'
import { MediaError } from '../programs/errors.ts'
import { prepareOnce } from './prepare.ts'
import type { PrepareEvent, PrepareInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

const DAMAGED = 'The source is damaged. ffmpeg conceals what is lost. The first fault found:'

/** Starts again from the beginning, with one thread. Scenes that were handed out stay valid: they are before the damage. */
async function* prepareCarefully(
  input: PrepareInput,
  given: readonly SceneRange[],
  options: RunOptions
): AsyncGenerator<PrepareEvent, void, undefined> {
  const skipPiece = (index: number): boolean => index < given.length || input.skipPiece(index)
  for await (const event of prepareOnce({ ...input, skipPiece }, true, options)) {
    const before = event.type === 'end' ? undefined : given[event.scene.index]
    if (event.type === 'end' || before === undefined) yield event
    else if (before.start !== event.scene.start || before.frames !== event.scene.frames)
      throw new DamageFound('its scenes differ.')
  }
}

/**
 * Finds the scenes of a source and cuts a piece for each. One decode of the whole source gives every frame's hash (the truth) and the cuts; a piece is only handed out when a
 * worker's decode of it gives the same hashes. Scenes come while the analysis still runs. The same source gives the same scenes and the same frames, a damaged one too: decoders of
 * several threads conceal damage differently each time, so at its first sign the source is analysed again with one thread, and damaged parts are re-encoded losslessly.
 * @throws MediaError `not-a-video`, `decode-failed`, `unsupported` or `tool-missing`
 */
export async function* prepareSource(
  input: PrepareInput,
  options: RunOptions
): AsyncGenerator<PrepareEvent, void, undefined> {
  const given: SceneRange[] = []
  try {
    for await (const event of prepareOnce(input, false, options)) {
      if (event.type !== 'end') given.push(event.scene)
      yield event
    }
    return
  } catch (error) {
    if (!(error instanceof DamageFound)) throw error
    input.onWarning?.(`${DAMAGED} ${error.message.slice(0, 300)}`)
  }
  try {
    yield* prepareCarefully(input, given, options)
  } catch (error) {
    if (!(error instanceof DamageFound)) throw error
    const never = `The source is damaged and decodes to different frames each time. Repair or re-encode it first: ${error.message}`
    throw new MediaError('unsupported', never, { cause: error })
  }
}
