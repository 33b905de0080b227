/** A run of a scene's frames, counted from its first. */
export interface Window {
  readonly start: number
  readonly frames: number
}

/** Frames of a first, rough trial. */
const ROUGH_FRAMES = 48
/** Scenes of fewer frames are not worth a rough trial. */
const LONG_FRAMES = 72

/** The frames that a trial encodes: all, or for a rough trial of a long scene those in its middle. */
export function trialWindow(frames: number, isRough: boolean): Window {
  return isRough ? { start: Math.floor((frames - ROUGH_FRAMES) / 2), frames: ROUGH_FRAMES } : { start: 0, frames }
}

/** Whether a scene is long enough for a rough trial. */
export const isLong = (frames: number): boolean => frames >= LONG_FRAMES

/** Frames at the start of a longer run that are not measured: XPSNR needs what comes before a frame. */
const FIRST_MEASURED = 2
/** Runs of fewer frames are measured completely. */
const FEW_FRAMES = 12

/** Whether a frame of a run is measured, where one in `every` is; with 1, all. An odd `every` meets all layers of an encoder's pyramid of frames. */
export function isMeasured(
  frame: number,
  { frames, every }: { readonly frames: number; readonly every: number }
): boolean {
  return every === 1 || frames < FEW_FRAMES || (frame >= FIRST_MEASURED && (frame - FIRST_MEASURED) % every === 0)
}
