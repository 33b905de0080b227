/** How far the encode of a scene is: the pass that runs, 0 before the first, and the frames that it has done. */
export interface Progress {
  readonly pass: number
  readonly frames: number
}

/** What an encoder's work on a scene is made of, so that frames written can stand for time spent. */
export interface SceneWork {
  /** Times that it reads the scene. */
  readonly passes: 1 | 2
  /** Share of the work that is the first of two passes, 0 to 1. */
  readonly firstPassShare: number
  /** Work that is done before the last pass writes its first frame, as so many frames: an encoder looks ahead. */
  readonly lookAheadFrames: number
}

/** Of an encoder with two passes that nothing more is known of. */
export const TWO_PASSES: SceneWork = { passes: 2, firstPassShare: 0.15, lookAheadFrames: 0 }

/** Share of the last pass: nothing is known of it before its first frame comes out. */
function lastPassShare(frames: number, done: number, lookAheadFrames: number): number {
  if (done <= 0) return 0
  const ahead = Math.min(lookAheadFrames, frames)
  return Math.min(1, (ahead + done) / (ahead + Math.max(1, frames)))
}

/** Share of the work of a scene of so many frames that is done, 0 to 1. */
export function doneShare(frames: number, { pass, frames: done }: Progress, work: SceneWork): number {
  const { passes, firstPassShare, lookAheadFrames } = work
  if (pass === 0) return 0
  if (passes === 2 && pass === 1) return firstPassShare * Math.min(1, done / Math.max(1, frames))
  const share = lastPassShare(frames, done, lookAheadFrames)
  return passes === 1 ? share : firstPassShare + (1 - firstPassShare) * share
}

/** The same in frames of the film. */
export const framesDone = (frames: number, progress: Progress, work: SceneWork): number =>
  frames * doneShare(frames, progress, work)
