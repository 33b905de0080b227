import { z } from 'zod'

const count = z.int().nonnegative()

/** What of a scene Av1an encodes otherwise. A missing value is the project's. */
const overrides = z.strictObject({
  /** `aom`, `vpx`, `svt_av1`. */
  encoder: z.string().nullish(),
  passes: count.nullish(),
  /** Complete; they replace those of the command line. */
  video_params: z.array(z.string()).nullish(),
  /** Hundredths of an ISO number. */
  photon_noise: count.nullish(),
  photon_noise_height: count.nullish(),
  photon_noise_width: count.nullish(),
  chroma_noise: z.boolean().nullish(),
  /** How scenes were split and found: both are done by the time a file lists them. */
  extra_splits_len: count.nullish(),
  min_scene_len: count.nullish(),
  target_quality: z.looseObject({ target: z.unknown() }).nullish()
})

const scene = z.strictObject({
  start_frame: count,
  /** Not part of it. */
  end_frame: count,
  zone_overrides: overrides.nullish()
})

/**
 * A scenes file. Files from before `split_scenes` list in `scenes` what is encoded; later ones list there what was detected, and what is encoded in `split_scenes`.
 */
export const scenesFile = z.strictObject({
  frames: count,
  scenes: z.array(scene).nullish(),
  split_scenes: z.array(scene).nullish()
})

export type ScenesFile = z.infer<typeof scenesFile>
export type FileScene = z.infer<typeof scene>
export type FileOverrides = z.infer<typeof overrides>
