/** The frame that is on the screen at a time of a scene; its frames are written with their times rounded to milliseconds. */
export const frameOf = (seconds: number, fps: number, frames: number): number =>
  Math.min(Math.max(0, Math.floor(seconds * fps + ROUNDING)), Math.max(0, frames - 1))

/** Where to seek for a frame: its middle, which rounding can't put into a neighbour. */
export const timeOf = (frame: number, fps: number): number => (frame + 0.5) / fps

const ROUNDING = 0.15

/** How a video is brought to where another is. */
export type Sync = { readonly type: 'seek' } | { readonly type: 'rate'; readonly factor: number }

const SEEK_SECONDS = 0.25
const FACTOR_MAX = 0.2
/** What two videos may be apart is made good in this time. */
const CATCH_UP_SECONDS = 0.5

/** `behind`: seconds that the other has to gain. While it plays, small differences are made good by its speed, since each seek is seen. */
export function syncOf(behind: number, playing: boolean, fps: number): Sync {
  if (!playing) return Math.abs(behind) < 0.25 / fps ? { type: 'rate', factor: 1 } : { type: 'seek' }
  if (Math.abs(behind) > SEEK_SECONDS) return { type: 'seek' }
  const nudge = Math.min(FACTOR_MAX, Math.max(-FACTOR_MAX, behind / CATCH_UP_SECONDS))
  return { type: 'rate', factor: Math.abs(behind) < 0.25 / fps ? 1 : 1 + nudge }
}
