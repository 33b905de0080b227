import { psnrOf } from './decibel.ts'
import type { Plane } from './planes.ts'
import { type BlockWeights, type WeightsInit, XpsnrWeights } from './xpsnr-weights.ts'

/** What errors of luma and chroma count for together. */
const PLANE_PARTS = [6, 1, 1]

/** Weighted squared error of each plane of a frame, per sample. */
export type PlaneErrors = readonly number[]

export interface XpsnrFrames {
  /** The next frame of the source, which is not compared. */
  readonly skip: (source: readonly Plane[]) => void
  /** The next frame of the source with its encode: luma alone, or luma and chroma. */
  readonly compare: (source: readonly Plane[], encoded: readonly Plane[]) => PlaneErrors
}

/** The errors of frames in order. @param init the format and rate of the source */
export function createXpsnr(init: WeightsInit): XpsnrFrames {
  const weighing = new XpsnrWeights(init)
  return {
    skip: ([luma]) => {
      if (luma !== undefined) weighing.skip(luma)
    },
    compare: (source, encoded) => {
      const [luma] = source
      if (luma === undefined) return []
      const weights = weighing.next(luma)
      return source.map((plane, index) => weightedError(plane, encoded[index] ?? plane, { weights, luma }))
    }
  }
}

/** XPSNR in dB of one frame: of luma and both planes of chroma, 6 to 1 to 1. */
export function frameXpsnr(errors: PlaneErrors, bitDepth: number): number {
  return together(errors.map((error) => psnrOf(error, bitDepth)))
}

/** XPSNR in dB of several frames: each plane by the mean of the roots of its errors, so that a few bad frames do not decide alone. */
export function meanXpsnr(frames: readonly PlaneErrors[], bitDepth: number): number {
  return together(planesXpsnr(frames, bitDepth))
}

/** The same, plane by plane. */
export function planesXpsnr(frames: readonly PlaneErrors[], bitDepth: number): readonly number[] {
  const planes = frames[0]?.map((_, plane) => frames.reduce((sum, errors) => sum + Math.sqrt(errors[plane] ?? 0), 0))
  return (planes ?? []).map((roots) => psnrOf((roots / frames.length) ** 2, bitDepth))
}

function together(planes: readonly number[]): number {
  const parts = planes.map((_, plane) => PLANE_PARTS[plane] ?? 1)
  const all = parts.reduce((sum, part) => sum + part, 0)
  return planes.reduce((sum, db, plane) => sum + db * (parts[plane] ?? 1), 0) / all
}

/** Sum of the squared errors of each block times its weight, over the number of samples. A block of chroma has the weight of the luma in its place. */
function weightedError(
  source: Plane,
  encoded: Plane,
  { weights: { side, columns, weights }, luma }: { readonly weights: BlockWeights; readonly luma: Plane }
): number {
  const { width, height } = source
  const across = side === 0 ? width : Math.floor((side * width) / luma.width)
  const down = side === 0 ? height : Math.floor((side * height) / luma.height)
  let sum = 0
  weights.forEach((weight, index) => {
    const left = (index % columns) * across
    const top = Math.floor(index / columns) * down
    let squares = 0
    const bottom = Math.min(top + down, height)
    const right = Math.min(left + across, width)
    for (let y = top; y < bottom; y += 1) {
      for (let i = y * width + left; i < y * width + right; i += 1) {
        const difference = source.samples[i]! - encoded.samples[i]!
        squares += difference * difference
      }
    }
    sum += squares * weight
  })
  return sum / (width * height)
}
