/** Frames a second over a sliding window, from a growing count; what was there at the start does not count. */
export interface RateMeter {
  /** `frames` = all that is encoded so far. A count that falls (a scene was lost) starts the window again. */
  update: (frames: number, nowMs: number) => void
  perSecond: (nowMs: number) => number
}

export function createRateMeter(windowMs = 30_000): RateMeter {
  let samples: { frames: number; atMs: number }[] = []
  return {
    update: (frames, nowMs) => {
      const last = samples.at(-1)
      if (last != null && frames < last.frames) samples = []
      if (last != null && frames === last.frames && samples.length > 1) return
      samples.push({ frames, atMs: nowMs })
      while (samples.length > 2 && (samples[1]?.atMs ?? nowMs) < nowMs - windowMs) samples.shift()
    },
    perSecond: (nowMs) => {
      const [first] = samples
      const last = samples.at(-1)
      if (first == null || last == null || nowMs - last.atMs > windowMs || last.frames <= first.frames) return 0
      return ((last.frames - first.frames) * 1000) / Math.max(1, nowMs - first.atMs)
    }
  }
}
