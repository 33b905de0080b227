import type { Rational } from './types.ts'

/** Largest rate of ticks: the Matroska file before it has microseconds. */
const TICKS_PER_SECOND_MAX = 1_000_000

/** How far from a whole number of ticks a time may be: a microsecond. */
const OFF_MS_MAX = 0.001

const isWhole = (timestampsMs: readonly number[], ticksPerSecond: number): boolean =>
  timestampsMs.every((time) => {
    const ticks = (time * ticksPerSecond) / 1000
    return (Math.abs(ticks - Math.round(ticks)) * 1000) / ticksPerSecond <= OFF_MS_MAX
  })

/**
 * Ticks per second of an MP4's video in which the frames' times are whole: those of the frame rate, of Matroska, of MPEG, or else microseconds.
 */
export function mp4TimeScale(timestampsMs: readonly number[], fps: Rational): number {
  // A rate of 25/1 in few ticks would do; players like more of them.
  const ofRate = fps.num * Math.max(1, Math.ceil(1000 / fps.num))
  const rates = [ofRate, 1000, 90_000].filter((rate) => rate <= TICKS_PER_SECOND_MAX)
  return rates.find((rate) => isWhole(timestampsMs, rate)) ?? TICKS_PER_SECOND_MAX
}
