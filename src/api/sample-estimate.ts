import type { Estimate, SampleEstimate } from './schemas/index.ts'
import type { ProjectSnapshot } from './ports.ts'

/** A finished scene, and how much it took of some quantity. */
export interface Sampled {
  readonly frames: number
  readonly value: number
}

/** Standard errors on both sides that hold the truth in 19 of 20 cases, for 2, 3, ... scenes (Student's t). */
const T = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26]
const T_MANY = 2

/** The estimated sum over the whole film, from some of its scenes: the mean per frame, with a range from the spread between scenes. */
export function extrapolate(sampled: readonly Sampled[], filmFrames: number): Estimate | null {
  const frames = sampled.reduce((sum, one) => sum + one.frames, 0)
  if (frames === 0) return null
  const perFrame = sampled.reduce((sum, one) => sum + one.value, 0) / frames
  const n = sampled.length
  const likely = perFrame * filmFrames
  // If the whole film was encoded, there is nothing to estimate.
  const left = Math.max(0, 1 - frames / filmFrames)
  const spread = sampled.reduce((sum, one) => sum + (one.value - perFrame * one.frames) ** 2, 0)
  const error = n < 2 ? 0 : Math.sqrt((left * spread * n) / (n - 1)) / frames
  const off = (T[n - 2] ?? T_MANY) * error * filmFrames
  return { likely, low: Math.max(0, likely - off), high: likely + off }
}

/** What the finished scenes of a sample say about the whole film; null if the project is not a sample. */
export function sampleEstimateOf({ view, film }: Pick<ProjectSnapshot, 'view' | 'film'>): SampleEstimate | null {
  if (film == null) return null
  const { fpsNum, fpsDen } = view.announce
  const scenes = view.scenes.flatMap(({ plan: { index, frames }, accepted }) => {
    if (accepted == null) return []
    const seconds = (frames * fpsDen) / fpsNum
    const { bytes } = accepted.result
    return [
      { scene: index, frames, bytes, kbps: (bytes * 8) / seconds / 1000, encodeSeconds: accepted.encodeMs / 1000 }
    ]
  })
  const of = (value: (scene: (typeof scenes)[number]) => number): Estimate | null =>
    extrapolate(
      scenes.map((scene) => ({ frames: scene.frames, value: value(scene) })),
      film.frames
    )
  return {
    filmFrames: film.frames,
    filmScenes: film.scenes,
    scenes,
    bytes: of((scene) => scene.bytes),
    encodeSeconds: of((scene) => scene.encodeSeconds)
  }
}
