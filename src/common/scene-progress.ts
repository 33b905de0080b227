/** How far the encode of a scene is: the pass that runs, 0 before the first, and the frames that it has done. */
export interface Progress {
  readonly pass: number
  readonly frames: number
}

/** Share of a scene's work that is the first of two passes, as measured with both encoders at their slow settings. */
const FIRST_PASS_SHARE = 0.15

/** Share of the work of a scene of so many frames that is done, 0 to 1. */
export function doneShare(frames: number, { pass, frames: done }: Progress, passes: 1 | 2): number {
  const share = Math.min(1, done / Math.max(1, frames))
  if (passes === 1) return pass === 0 ? 0 : share
  if (pass >= 2) return FIRST_PASS_SHARE + (1 - FIRST_PASS_SHARE) * share
  return pass === 1 ? FIRST_PASS_SHARE * share : 0
}

/** The same in frames of the film. */
export const framesDone = (frames: number, progress: Progress, passes: 1 | 2): number =>
  frames * doneShare(frames, progress, passes)
