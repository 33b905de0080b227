/** Levels of parameters (`--cq-level`, `--crf`, `--max-q`) run from 0 to 63, quantisers of frame headers from 0 to 255. libaom, SVT-AV1 and libvpx share this scale. */
const EVEN_LEVEL_MAX = 61
const LAST_QUANTISERS = [244, 249, 255]

/** The highest quantiser of a frame header. */
export const QUANTISER_MAX = 255

/** @param level 0 to 63, quarters too; a higher one gives the highest quantiser */
export function headerQuantiser(level: number): number {
  if (level <= EVEN_LEVEL_MAX) return 4 * level
  return LAST_QUANTISERS[Math.ceil(level) - EVEN_LEVEL_MAX] ?? QUANTISER_MAX
}

const STEP_8_AT = 7
const EVEN_STEP_MAX = 95
const GROWTH = 0.01803

/** The step of a header's quantiser in samples of 8 bits, within 8 % of the tables of AV1 and VP9. */
export function stepOf(quantiser: number): number {
  const even = Math.min(quantiser, EVEN_STEP_MAX) + STEP_8_AT
  return (even * Math.exp(GROWTH * Math.max(0, quantiser - EVEN_STEP_MAX))) / 8
}

/** The PSNR that even rounding to a step gives, in dB. */
export const roundingDb = (quantiser: number): number => 20 * Math.log10(255 / stepOf(quantiser)) + 10 * Math.log10(12)
