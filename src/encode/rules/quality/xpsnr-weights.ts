import type { Plane, Samples } from './planes.ts'

/** A rectangle of luma, right and lower edge not included. */
interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How much the errors of each block of a frame count, row by row. */
export interface BlockWeights {
  /** Side of the square blocks of luma; 0: the frame is one block. */
  readonly side: number
  readonly columns: number
  readonly weights: Float64Array
}

/** Samples of a picture of 3840x2160, for which block side and mean activity are defined. */
const UHD_SAMPLES = 3840 * 2160
/** Pictures with more samples are looked at in half their width and height. */
const FINE_SAMPLES_MAX = 2048 * 1152
/** Small pictures: the weight of a block is at most that of a neighbour. */
const SMOOTHED_SAMPLES_MAX = 640 * 480
/** How much change in time counts, in units of change in space. */
const TIME_FACTOR = 2
/** From this many frames per second on, change in time is the second difference. */
const FAST_FPS = 32

export interface WeightsInit {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  /** Frames per second. */
  readonly fps: number
}

/**
 * Weights of XPSNR's blocks: the busier the source in space and time, the less its errors are seen.
 * Helmrich et al., "A study of the extended perceptually weighted peak signal-to-noise ratio (XPSNR) for video compression with different resolutions and bit depths", ITU Journal: ICT Discoveries 3(1), 2020.
 * Frames before the first count as black.
 */
export class XpsnrWeights {
  readonly #init: WeightsInit
  readonly #side: number
  readonly #mean: number
  #last: Samples
  #beforeLast: Samples

  constructor(init: WeightsInit) {
    const { width, height, bitDepth } = init
    const ratio = (width * height) / UHD_SAMPLES
    this.#init = init
    this.#side = 4 * Math.floor(32 * Math.sqrt(ratio) + 0.5)
    this.#mean = Math.sqrt((16 * 2 ** (2 * bitDepth - 9)) / Math.sqrt(Math.max(ratio, 0.00001)))
    const black = (): Samples => (bitDepth > 8 ? new Uint16Array(width * height) : new Uint8Array(width * height))
    this.#last = black()
    this.#beforeLast = black()
  }

  /** Takes the next frame of the source for what follows, without weighing it. */
  skip({ samples }: Plane): void {
    const reused = this.#beforeLast
    this.#beforeLast = this.#last
    reused.set(samples)
    this.#last = reused
  }

  /** The weights for the next frame of the source, and `skip`. */
  next(luma: Plane): BlockWeights {
    const { width, height } = this.#init
    const side = this.#side
    if (side === 0) {
      this.skip(luma)
      return { side, columns: 1, weights: Float64Array.of(1) }
    }
    const columns = Math.ceil(width / side)
    const weights = new Float64Array(columns * Math.ceil(height / side))
    for (let index = 0; index < weights.length; index += 1) {
      const left = (index % columns) * side
      const top = Math.floor(index / columns) * side
      const area = { left, top, right: Math.min(left + side, width), bottom: Math.min(top + side, height) }
      weights[index] = this.#mean / this.#activity(luma, area)
    }
    if (width * height <= SMOOTHED_SAMPLES_MAX) smooth(weights, columns)
    this.skip(luma)
    return { side, columns, weights }
  }

  /** Of a block: the mean of what a high-pass leaves in space, and of the difference in time. At least what noise has. */
  #activity(luma: Plane, area: Area): number {
    const { width, height, bitDepth, fps } = this.#init
    const step = width * height > FINE_SAMPLES_MAX ? 2 : 1
    const inner = {
      left: Math.max(area.left, step),
      top: Math.max(area.top, step),
      right: Math.min(area.right, width - step),
      bottom: Math.min(area.bottom, height - step)
    }
    if (inner.right <= inner.left || inner.bottom <= inner.top) return this.#mean
    const space = step === 1 ? highPass(luma, inner) : highPassOfHalf(luma, inner)
    const before = fps < FAST_FPS ? undefined : this.#beforeLast
    const time = step === 1 ? change(luma, area, this.#last, before) : changeOfHalf(luma, area, this.#last, before)
    const activity = space / samplesOf(inner) + (TIME_FACTOR * time) / samplesOf(area)
    return Math.max(activity, 2 ** (bitDepth - 6))
  }
}

function samplesOf({ left, top, right, bottom }: Area): number {
  return (right - left) * (bottom - top)
}

/** Sum of the absolute values that a 3x3 high-pass leaves: 16 times a sample less its surroundings, weighted 1, 2, 1 in both directions. */
function highPass({ samples: s, width }: Plane, { left, top, right, bottom }: Area): number {
  let sum = 0
  for (let y = top; y < bottom; y += 1) {
    const first = y * width + left
    const end = y * width + right
    let before = s[first - 1 - width]! + 2 * s[first - 1]! + s[first - 1 + width]!
    let here = s[first - width]! + 2 * s[first]! + s[first + width]!
    for (let i = first; i < end; i += 1) {
      const after = s[i + 1 - width]! + 2 * s[i + 1]! + s[i + 1 + width]!
      const value = 16 * s[i]! - before - 2 * here - after
      sum += value < 0 ? -value : value
      before = here
      here = after
    }
  }
  return sum
}

/** The same for large pictures: a 6x6 high-pass around every second sample of every second row. */
function highPassOfHalf({ samples: s, width: w }: Plane, { left, top, right, bottom }: Area): number {
  let sum = 0
  for (let y = top; y < bottom - 1; y += 2) {
    for (let x = left; x < right - 1; x += 2) {
      const i = y * w + x
      const centre = s[i]! + s[i + 1]! + s[i + w]! + s[i + w + 1]!
      const sides =
        s[i - w]! +
        s[i - w + 1]! +
        s[i + 2 * w]! +
        s[i + 2 * w + 1]! +
        s[i - 1]! +
        s[i + 2]! +
        s[i + w - 1]! +
        s[i + w + 2]!
      const corners = s[i - w - 1]! + s[i - w + 2]! + s[i + 2 * w - 1]! + s[i + 2 * w + 2]!
      let rim = 0
      for (let k = -1; k <= 2; k += 1) {
        rim += s[i - 2 * w + k]! + s[i + 3 * w + k]! + s[i + k * w - 2]! + s[i + k * w + 3]!
      }
      const value = 12 * centre - 3 * sides - 2 * corners - rim
      sum += value < 0 ? -value : value
    }
  }
  return sum
}

/** Sum of the absolute differences to the frame before, or of the second differences. */
function change(
  { samples: s, width }: Plane,
  { left, top, right, bottom }: Area,
  last: Samples,
  before?: Samples
): number {
  let sum = 0
  for (let y = top; y < bottom; y += 1) {
    const end = y * width + right
    for (let i = y * width + left; i < end; i += 1) {
      const value = before === undefined ? s[i]! - last[i]! : s[i]! - 2 * last[i]! + before[i]!
      sum += value < 0 ? -value : value
    }
  }
  return sum
}

/** The same of sums of 2x2 samples. */
function changeOfHalf(
  { samples, width: w }: Plane,
  { left, top, right, bottom }: Area,
  last: Samples,
  before?: Samples
): number {
  const four = (s: Samples, i: number): number => s[i]! + s[i + 1]! + s[i + w]! + s[i + w + 1]!
  let sum = 0
  for (let y = top; y < bottom - 1; y += 2) {
    for (let x = left; x < right - 1; x += 2) {
      const i = y * w + x
      const value =
        before === undefined ? four(samples, i) - four(last, i) : four(samples, i) - 2 * four(last, i) + four(before, i)
      sum += value < 0 ? -value : value
    }
  }
  return sum
}

/** Row by row, each weight is at most the largest of its left, right and upper neighbour; those before it are smoothed already. */
function smooth(weights: Float64Array, columns: number): void {
  weights.forEach((weight, index) => {
    const column = index % columns
    const neighbours = [
      column > 0 ? weights[index - 1] : undefined,
      column < columns - 1 ? weights[index + 1] : undefined,
      weights[index - columns]
    ].filter((neighbour) => neighbour !== undefined)
    if (neighbours.length > 0) weights[index] = Math.min(weight, Math.max(...neighbours))
  })
}
