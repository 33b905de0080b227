import type { Rational } from './types.ts'

/** Whole milliseconds, as Matroska has them, put a time off by up to one of them. */
const ROUNDED_MS = 1.001

/** What share of the frames has to last as long as the rate says. */
const EVEN_SHARE = 0.9

const frameMs = ({ num, den }: Rational): number => (1000 * den) / num

/** Exact time of the first frame of a film with a constant rate; undefined if a frame is not where the rate puts it. */
function evenStart(timesMs: readonly number[], fps: Rational): number | undefined {
  const lasts = frameMs(fps)
  let low = Infinity
  let high = -Infinity
  for (const [n, time] of timesMs.entries()) {
    const off = time - n * lasts
    low = Math.min(low, off)
    high = Math.max(high, off)
    if (high - low > ROUNDED_MS) return undefined
  }
  const first = timesMs[0] ?? 0
  // Rounded to the nearest or cut off, whichever fits; a film that begins at a whole millisecond begins there.
  return first - low <= ROUNDED_MS / 2 && high - first <= ROUNDED_MS / 2 ? first : (low + high) / 2
}

/** Times that a container rounded, as the frame rate has them; other times as they are. */
export function exactTimes(timesMs: readonly number[], fps: Rational): readonly number[] {
  const start = evenStart(timesMs, fps)
  return start === undefined ? timesMs : timesMs.map((_, n) => start + n * frameMs(fps))
}

/** Nanoseconds that a frame lasts, as Matroska's header says it; undefined for a film whose rate varies. Gaps and single longer frames do not change the rate. */
export function frameNs(timesMs: readonly number[], fps: Rational): number | undefined {
  const lasts = frameMs(fps)
  const even = timesMs.slice(1).filter((time, n) => Math.abs(time - (timesMs[n] ?? 0) - lasts) <= ROUNDED_MS).length
  return even >= EVEN_SHARE * (timesMs.length - 1) ? Math.round(lasts * 1_000_000) : undefined
}
