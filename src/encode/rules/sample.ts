import { ParamsError } from './errors.ts'
import type { SceneRange } from './types.ts'

/** A sample has at most this many scenes. */
export const SAMPLE_SCENES_MAX = 1000

/** @throws ParamsError `bad-sample` unless it is a whole number of scenes */
export function checkSample(scenes: number): void {
  if (Number.isSafeInteger(scenes) && scenes >= 1 && scenes <= SAMPLE_SCENES_MAX) return
  throw new ParamsError('bad-sample', `A sample is a whole number of scenes from 1 to ${SAMPLE_SCENES_MAX}.`)
}

/** This many scenes, spread evenly over all frames; all scenes if there are no more. In order, without duplicates. */
export function pickSample<Scene extends SceneRange>(scenes: readonly Scene[], count: number): Scene[] {
  if (scenes.length <= count) return [...scenes]
  const first = scenes[0]?.start ?? 0
  const total = scenes.reduce((sum, { frames }) => sum + frames, 0)
  const picked: Scene[] = []
  let at = 0
  for (let n = 0; n < count; n += 1) {
    const middle = first + ((n + 0.5) * total) / count
    const found = scenes.findIndex(({ start, frames }) => middle < start + frames)
    // So many have to be left for those that come.
    at = Math.min(Math.max(found, at), scenes.length - (count - n))
    const scene = scenes[at]
    if (scene !== undefined) picked.push(scene)
    at += 1
  }
  return picked
}
