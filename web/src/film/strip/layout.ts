import type { SceneChange } from '../../../../src/api/schemas/index.ts'

/** First frame of each scene, and the frames of all behind the last. */
export type Starts = Float64Array

export function startsOf(scenes: readonly (SceneChange | undefined)[]): Starts {
  const starts = new Float64Array(scenes.length + 1)
  for (let index = 0; index < scenes.length; index += 1)
    starts[index + 1] = (starts[index] ?? 0) + (scenes[index]?.frames ?? 0)
  return starts
}

export const totalOf = (starts: Starts): number => starts.at(-1) ?? 0

/** The scene of a frame: the last that starts at or before it. */
export function sceneAt(starts: Starts, frame: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= frame) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** The frames that the strip shows. */
export interface View {
  readonly from: number
  readonly span: number
}

/** So few frames at most can fill the strip. */
const SPAN_MIN = 120

export function clampView({ from, span }: View, total: number): View {
  const wide = Math.min(total, Math.max(Math.min(SPAN_MIN, total), span))
  return { from: Math.min(Math.max(0, from), total - wide), span: wide }
}

/** Zooms so that a frame stays where it is. */
export function zoomed({ from, span }: View, total: number, factor: number, frame: number): View {
  const wide = Math.min(total, Math.max(Math.min(SPAN_MIN, total), span / factor))
  return clampView({ from: frame - ((frame - from) * wide) / span, span: wide }, total)
}

/** Moves the view so that a scene is in it. */
export function showing(view: View, total: number, start: number, end: number): View {
  if (start < view.from) return clampView({ ...view, from: start }, total)
  if (end > view.from + view.span) return clampView({ ...view, from: Math.min(start, end - view.span) }, total)
  return view
}

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200]

/** Times to write under the strip: round ones, at most this many. */
export function ticksOf(
  { from, span }: View,
  fps: number,
  most: number
): readonly { frame: number; seconds: number }[] {
  if (!(fps > 0) || !(span > 0) || most < 1) return []
  const step = STEPS_SECONDS.find((seconds) => span / fps / seconds <= most) ?? STEPS_SECONDS.at(-1) ?? 1
  const ticks = []
  for (let seconds = Math.ceil(from / fps / step) * step; seconds * fps <= from + span; seconds += step)
    ticks.push({ frame: seconds * fps, seconds })
  return ticks.slice(0, most + 1)
}
