import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anySignal } from '../../common/any-signal.ts'
import { tryFrames, writeFirstFrames, type RunOptions } from '../../encode/index.ts'
import {
  encodedSource,
  ENCODERS,
  handedVideo,
  type EncoderParams,
  type PictureFilters,
  type SourceInfo
} from '../../encode/rules/index.ts'

export interface FirstFramesInput {
  readonly params: EncoderParams
  /** With its own picture. */
  readonly source: SourceInfo
  readonly deinterlace: boolean
  readonly picture?: PictureFilters | undefined
}

/** With a single one encoders may make a still picture. */
const FRAMES = 2

/** What refuses does so at once; how long encoding takes is not asked. */
const TRIAL_MS_MAX = 30_000

/**
 * Encodes the first frames of a source with a project's parameters. What takes longer than half a minute was not refused, and is taken to work.
 * @throws MediaError `not-a-video` when there are none, `encode-failed` with the encoder's own words, or `tool-missing`
 */
export async function tryFirstFrames(
  { params, source, deinterlace, picture }: FirstFramesInput,
  options: RunOptions
): Promise<void> {
  const late = AbortSignal.timeout(TRIAL_MS_MAX)
  const signal = anySignal([options.signal, late])
  const folder = await mkdtemp(join(tmpdir(), 'grav1-first-'))
  try {
    const file = join(folder, 'frames')
    const { video } = encodedSource(source, picture)
    const handed = handedVideo(ENCODERS[params.encoder], params, video)
    const frames = await writeFirstFrames({ source, deinterlace, picture, handed, frames: FRAMES, file }, { signal })
    await tryFrames({ params, video, file, frames }, { signal })
  } catch (error) {
    if (!late.aborted || options.signal.aborted) throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
