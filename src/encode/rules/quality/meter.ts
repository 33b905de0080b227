import { psnrOf, ssimScore } from './decibel.ts'
import { type PlaneFormat, type Plane, planesOf } from './planes.ts'
import { meanSsim } from './ssim.ts'
import { type Statistic, statisticOf } from './statistic.ts'
import type { QualityMetric } from './target.ts'
import { createXpsnr, frameXpsnr, meanXpsnr } from './xpsnr.ts'

/** Compares frames with their source. The same frames give the same score on every machine: whole numbers are summed, and all else is plain arithmetic in one order. */
export interface QualityMeter {
  /** A frame of the source that is not compared: XPSNR looks at the frames before one. */
  readonly skip: (source: Uint8Array) => void
  /** A frame of the source and its encode, in the format of the meter, planes without padding. */
  readonly add: (source: Uint8Array, encoded: Uint8Array) => void
  /** Of the frames so far, in dB; of SSIM -10 log10(1 - SSIM). 0 without frames. */
  readonly score: () => number
}

export interface QualityMeterInit extends PlaneFormat {
  readonly metric: QualityMetric
  readonly bitDepth: number
  /** Frames per second. */
  readonly fps: number
  /** Default: the metric's own mean. Others are of the scores of single frames. */
  readonly over?: Statistic | undefined
}

/** A metric: what it notes of a frame, and the scores of one note and of all. */
interface Measure<Note> {
  readonly skip?: (source: readonly Plane[]) => void
  readonly look: (source: readonly Plane[], encoded: readonly Plane[]) => Note
  readonly ofFrame: (note: Note) => number
  readonly ofAll: (notes: readonly Note[]) => number
}

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/** Of luma; the mean is that of all samples together. */
const psnr = ({ bitDepth }: QualityMeterInit): Measure<number> => ({
  look: ([source], [encoded]) =>
    source === undefined || encoded === undefined ? 0 : squaredError(source, encoded) / source.samples.length,
  ofFrame: (error) => psnrOf(error, bitDepth),
  ofAll: (errors) => psnrOf(meanOf(errors), bitDepth)
})

/** Of luma. */
const ssim = ({ bitDepth }: QualityMeterInit): Measure<number> => ({
  look: ([source], [encoded]) =>
    source === undefined || encoded === undefined ? 1 : meanSsim(source, encoded, bitDepth),
  ofFrame: ssimScore,
  ofAll: (values) => ssimScore(meanOf(values))
})

export function createQualityMeter(init: QualityMeterInit): QualityMeter {
  switch (init.metric) {
    case 'psnr':
      return meterOf(init, psnr(init))
    case 'ssim':
      return meterOf(init, ssim(init))
    case 'xpsnr':
      return meterOf(init, xpsnr(init))
    default:
      return init.metric satisfies never
  }
}

function meterOf<Note>(init: QualityMeterInit, measure: Measure<Note>): QualityMeter {
  const { over = 'mean' } = init
  const notes: Note[] = []
  return {
    skip: (source) => measure.skip?.(planesOf(source, init)),
    add: (source, encoded) => {
      notes.push(measure.look(planesOf(source, init), planesOf(encoded, init)))
    },
    score: () => {
      if (notes.length === 0) return 0
      return over === 'mean' ? measure.ofAll(notes) : statisticOf(notes.map(measure.ofFrame), over)
    }
  }
}

/** Of luma and chroma. */
function xpsnr(init: QualityMeterInit): Measure<readonly number[]> {
  const { skip, compare } = createXpsnr(init)
  return {
    skip,
    look: compare,
    ofFrame: (errors) => frameXpsnr(errors, init.bitDepth),
    ofAll: (frames) => meanXpsnr(frames, init.bitDepth)
  }
}

function squaredError({ samples: a }: Plane, { samples: b }: Plane): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    sum += difference * difference
  }
  return sum
}
