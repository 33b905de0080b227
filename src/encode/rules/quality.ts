/** What a quality can be asked for in, and measured by. */
export type QualityMetric = 'psnr' | 'ssim'

/** The quality that every scene is to have: mean PSNR of luma in dB, or mean SSIM of luma, 0 to 1. */
export interface QualityTarget {
  readonly metric: QualityMetric
  readonly value: number
}

/** Compares frames of luma with their source. The same frames give the same number on every machine: whole numbers are summed, and divided in one order. */
export interface QualityMeter {
  /** One frame each, `width` x `height` samples without padding, two bytes little-endian a sample above 8 bits. */
  readonly add: (source: Uint8Array, encoded: Uint8Array) => void
  /** Of the frames so far, on a scale on which quantisers lie evenly: dB for PSNR, -10 log10(1 - SSIM) for SSIM. */
  readonly score: () => number
}

/** Score of what is equal. */
const SCORE_MAX = 100

/** Where a target lies on the scale of `score`. */
export const scoreOf = ({ metric, value }: QualityTarget): number => (metric === 'psnr' ? value : ssimScore(value))

function ssimScore(ssim: number): number {
  return ssim >= 1 ? SCORE_MAX : Math.min(SCORE_MAX, -10 * Math.log10(1 - ssim))
}

export interface QualityMeterInit {
  readonly metric: QualityMetric
  readonly width: number
  readonly height: number
  readonly bitDepth: number
}

export function createQualityMeter(init: QualityMeterInit): QualityMeter {
  const { metric, width, height, bitDepth } = init
  const samples = (bytes: Uint8Array): ArrayLike<number> =>
    bitDepth === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, width * height)
  const peak = 2 ** bitDepth - 1
  let sum = 0
  let count = 0
  if (metric === 'psnr') {
    return {
      add: (source, encoded) => {
        sum += squaredError(samples(source), samples(encoded), width * height)
        count += width * height
      },
      score: () => (sum === 0 ? SCORE_MAX : Math.min(SCORE_MAX, 10 * Math.log10((peak * peak * count) / sum)))
    }
  }
  return {
    add: (source, encoded) => {
      sum += meanSsim(samples(source), samples(encoded), { width, height, peak })
      count += 1
    },
    score: () => (count === 0 ? 0 : ssimScore(sum / count))
  }
}

function squaredError(a: ArrayLike<number>, b: ArrayLike<number>, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    sum += difference * difference
  }
  return sum
}

/** Side of the SSIM windows; the remainder at the right and lower edges is ignored. */
const WINDOW = 8

interface Plane {
  readonly width: number
  readonly height: number
  readonly peak: number
}

/** Mean structural similarity over windows of 8x8 that touch (Wang et al. 2004: k1 = 0.01, k2 = 0.03), with flat weights. */
function meanSsim(a: ArrayLike<number>, b: ArrayLike<number>, { width, height, peak }: Plane): number {
  const side = Math.min(WINDOW, width, height)
  const n = side * side
  const c1 = (0.01 * peak) ** 2
  const c2 = (0.03 * peak) ** 2
  let sum = 0
  let windows = 0
  for (let top = 0; top + side <= height; top += side) {
    for (let left = 0; left + side <= width; left += side) {
      let sumA = 0
      let sumB = 0
      let squares = 0
      let products = 0
      for (let y = top; y < top + side; y += 1) {
        for (let i = y * width + left; i < y * width + left + side; i += 1) {
          const p = a[i] ?? 0
          const q = b[i] ?? 0
          sumA += p
          sumB += q
          squares += p * p + q * q
          products += p * q
        }
      }
      const meanA = sumA / n
      const meanB = sumB / n
      const variances = squares / n - meanA * meanA - meanB * meanB
      const covariance = products / n - meanA * meanB
      const luminance = (2 * meanA * meanB + c1) / (meanA * meanA + meanB * meanB + c1)
      sum += (luminance * (2 * covariance + c2)) / (variances + c2)
      windows += 1
    }
  }
  return windows === 0 ? 1 : sum / windows
}
