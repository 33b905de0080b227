import { pixelLayout } from './pixel-format.ts'
import type { VideoFormat } from './types.ts'

/** Whether an encode still shows its source at all. */
export interface CoarseMeter {
  /** One frame each, planes without padding, in the meter's format. */
  readonly add: (source: Uint8Array, decoded: Uint8Array) => void
  /** What is wrong, as the end of a sentence; undefined where the pictures are alike, or nothing was added. */
  readonly fault: () => string | undefined
}

/** The worst of honest encodes reach it (measured: 26 dB), but for pictures that are nothing but noise. */
const ALIKE_DB = 22

/** An encode that is so many times farther from its source than a flat picture would be has lost it. */
const WORSE_THAN_FLAT = 2

/** Samples of a plane that are looked at: a large picture must not stop everything else. */
const SAMPLES_MAX = 1_000_000

interface PlaneSums {
  readonly name: string
  readonly samples: number
  /** One in so many is looked at. */
  readonly step: number
  count: number
  sum: number
  squares: number
  errors: number
}

/** @throws RangeError for a format that y4m does not carry */
export function createCoarseMeter({ width, height, pixelFormat }: VideoFormat): CoarseMeter {
  const layout = pixelLayout(pixelFormat)
  if (layout === undefined) throw new RangeError(`y4m does not carry ${pixelFormat}`)
  const chromaWidth = layout.chroma === '444' ? width : Math.ceil(width / 2)
  const chromaHeight = layout.chroma === '420' ? Math.ceil(height / 2) : height
  const plane = (name: string, samples: number): PlaneSums => ({
    name,
    samples,
    step: Math.ceil(samples / SAMPLES_MAX),
    count: 0,
    sum: 0,
    squares: 0,
    errors: 0
  })
  const planes = [
    plane('luma', width * height),
    plane('blue chroma', chromaWidth * chromaHeight),
    plane('red chroma', chromaWidth * chromaHeight)
  ]
  const isDeep = layout.bitDepth > 8
  const peak = 2 ** layout.bitDepth - 1
  const at = (bytes: Uint8Array, sample: number): number =>
    isDeep ? (bytes[2 * sample] ?? 0) | ((bytes[2 * sample + 1] ?? 0) << 8) : (bytes[sample] ?? 0)

  return {
    add: (source, decoded) => {
      let from = 0
      for (const sums of planes) {
        for (let sample = from; sample < from + sums.samples; sample += sums.step) {
          const value = at(source, sample)
          const error = value - at(decoded, sample)
          sums.sum += value
          sums.squares += value * value
          sums.errors += error * error
          sums.count += 1
        }
        from += sums.samples
      }
    },
    fault: () => {
      for (const { name, count, sum, squares, errors } of planes) {
        if (count === 0) continue
        const variance = squares / count - (sum / count) ** 2
        const db = 10 * Math.log10((peak * peak * count) / errors)
        if (db < ALIKE_DB && errors / count > WORSE_THAN_FLAT * variance)
          return `the PSNR of its ${name} is ${db.toFixed(1)} dB`
      }
      return undefined
    }
  }
}
