import { ln } from '../stable-math.ts'

/** The score of what is equal, in dB. */
export const SCORE_MAX = 100

/** `10 log10(ratio)`, the same on every machine; at most `SCORE_MAX`. */
export function decibel(ratio: number): number {
  if (!(ratio > 0)) return Number.NEGATIVE_INFINITY
  return ratio === Number.POSITIVE_INFINITY ? SCORE_MAX : Math.min(SCORE_MAX, (10 * ln(ratio)) / Math.LN10)
}

/** PSNR in dB of a mean squared error. */
export function psnrOf(meanSquare: number, bitDepth: number): number {
  const peak = 2 ** bitDepth - 1
  return meanSquare === 0 ? SCORE_MAX : decibel((peak * peak) / meanSquare)
}

/** SSIM on a scale on which quantisers lie evenly: -10 log10(1 - SSIM). */
export const ssimScore = (ssim: number): number => (ssim >= 1 ? SCORE_MAX : decibel(1 / (1 - ssim)))
