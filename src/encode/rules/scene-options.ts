import { ParamsError } from './errors.ts'
import type { Rational, SceneOptions } from './types.ts'

/** Shortest scene of the default options, in frames. */
export const SCENE_FRAMES_MIN_DEFAULT = 24

const SCENE_SECONDS_MAX_DEFAULT = 10

/** Scenes of 24 frames to 10 seconds. */
export function defaultSceneOptions(fps: Rational): SceneOptions {
  const tenSeconds = Math.round((fps.num / fps.den) * SCENE_SECONDS_MAX_DEFAULT)
  return {
    minFrames: SCENE_FRAMES_MIN_DEFAULT,
    maxFrames: Math.max(tenSeconds, SCENE_FRAMES_MIN_DEFAULT),
    threshold: undefined
  }
}

/** @throws ParamsError `bad-scenes` unless both lengths are whole, positive and in order */
export function checkSceneOptions(options: SceneOptions): void {
  const { minFrames, maxFrames, threshold } = options
  for (const field of ['minFrames', 'maxFrames'] as const)
    if (!Number.isSafeInteger(options[field]) || options[field] < 1)
      throw new ParamsError('bad-scenes', 'Scene lengths are whole numbers of frames, at least 1.', { field })
  if (minFrames > maxFrames)
    throw new ParamsError(
      'bad-scenes',
      `The shortest scene (${minFrames}) cannot be longer than the longest (${maxFrames}).`,
      { field: 'minFrames' }
    )
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 255))
    throw new ParamsError('bad-scenes', 'The scene threshold is a number from 0 to 255.', { field: 'threshold' })
}

const SCENECUT_DEFAULT = 40
const SCENECUT_MAX = 80

/** x264's `scenecut` for a threshold where smaller finds more cuts: 0 -> 80, 30 -> 40 (the default), 60 -> 20, 255 -> 0 (none). */
export function thresholdToScenecut(threshold: number | undefined): number {
  if (threshold === undefined) return SCENECUT_DEFAULT
  return Math.min(Math.max(Math.round(SCENECUT_MAX * 2 ** (-threshold / 30)), 0), SCENECUT_MAX)
}
