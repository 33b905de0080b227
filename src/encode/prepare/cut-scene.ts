import { DamageFound } from './damage.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile } from '../programs/ffprobe.ts'
import type { RunOptions } from '../programs/run-options.ts'
import type { PictureFilters, SceneRange, SourceInfo } from '../rules/index.ts'
import { beginsWithin } from './leading.ts'
import { createLosslessMaker } from './lossless.ts'
import { sourceDecode } from './source-decode.ts'

export interface CutSceneInput {
  readonly source: SourceInfo
  readonly deinterlace: boolean
  /** What is made of the frames of the piece. Default: nothing. */
  readonly picture?: PictureFilters | undefined
  /** Decodes with one thread, as a damaged source is. */
  readonly careful: boolean
  /** By the source's frames. */
  readonly scene: SceneRange
  /** The piece to write. */
  readonly file: string
}

/** Decodes a source as far as a scene of it and writes that as a lossless piece, without an analysis. Whether its frames are the right ones, their hash says. @throws MediaError `input-mismatch` where the source ends before */
export async function cutScene(input: CutSceneInput, options: RunOptions): Promise<void> {
  const { source, deinterlace, picture, careful, scene, file } = input
  const probed = await describeFile(source.path, options)
  const isWithin = await beginsWithin(source, options)
  const decode = await sourceDecode(source, probed, { deinterlace, picture, isWithin, careful }, options)
  try {
    await createLosslessMaker(source.video, decode, options).make(scene.start, scene.frames, file)
  } catch (cause) {
    if (!(cause instanceof DamageFound)) throw cause
    throw new MediaError('input-mismatch', 'The source has fewer frames than that.', { cause })
  }
}
