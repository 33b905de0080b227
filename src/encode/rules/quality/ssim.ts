import type { Plane } from './planes.ts'

/** Side of the SSIM windows; the remainder at the right and lower edges is ignored. */
const WINDOW = 8

/** Mean structural similarity over windows of 8x8 that touch (Wang et al. 2004: k1 = 0.01, k2 = 0.03), with flat weights. */
export function meanSsim(source: Plane, encoded: Plane, bitDepth: number): number {
  const { width, height, samples: a } = source
  const b = encoded.samples
  const peak = 2 ** bitDepth - 1
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
