import { whole } from '../format.ts'
import { isDone } from './states.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

export const MEASURES = ['bitrate', 'speed', 'attempts', 'psnr', 'psnrMean', 'xpsnr'] as const

export type Measure = (typeof MEASURES)[number]

export interface MeasureInfo {
  readonly name: string
  readonly unit: string
  /** Undefined where the scene has no such value. */
  readonly of: (scene: SceneChange, fps: number) => number | undefined
  readonly text: (value: number) => string
  /** The scale begins at 0, so that a bar half as high means half as much. */
  readonly fromZero: boolean
}

export const MEASURE_INFO: Readonly<Record<Measure, MeasureInfo>> = {
  bitrate: {
    name: 'Bitrate',
    unit: 'kbit/s',
    of: (scene, fps) =>
      isDone(scene) && scene.frames > 0 && fps > 0 ? (scene.bytes * 8 * fps) / scene.frames / 1000 : undefined,
    text: whole,
    fromZero: true
  },
  speed: {
    name: 'Seconds per frame',
    unit: 's per frame',
    of: (scene) =>
      isDone(scene) && scene.frames > 0 && scene.encodeMs > 0 ? scene.encodeMs / scene.frames / 1000 : undefined,
    text: (value) => value.toFixed(value < 1 ? 3 : 2),
    fromZero: true
  },
  attempts: {
    name: 'Attempts',
    unit: 'attempts',
    of: (scene) => (scene.attempts > 0 ? scene.attempts : undefined),
    text: whole,
    fromZero: true
  },
  psnr: {
    name: 'Lowest PSNR',
    unit: 'dB',
    of: (scene) => scene.psnr ?? undefined,
    text: (value) => value.toFixed(1),
    fromZero: false
  },
  psnrMean: {
    name: 'Mean PSNR',
    unit: 'dB',
    of: (scene) => scene.psnrMean ?? undefined,
    text: (value) => value.toFixed(1),
    fromZero: false
  },
  xpsnr: {
    name: 'XPSNR',
    unit: 'dB',
    of: (scene) => scene.xpsnr ?? undefined,
    text: (value) => value.toFixed(1),
    fromZero: false
  }
}

/** From where to where a heat map goes; what lies above is drawn at the top. */
export interface Scale {
  readonly low: number
  readonly high: number
  readonly median: number
  /** How many scenes have a value, and how many are above the scale. */
  readonly count: number
  readonly above: number
}

/** One odd scene is not to flatten all others. */
const TOP_SHARE = 0.99

export function scaleOf(
  scenes: readonly (SceneChange | undefined)[],
  measure: Measure,
  fps: number
): Scale | undefined {
  const { of, fromZero } = MEASURE_INFO[measure]
  const values = new Float64Array(scenes.length)
  let count = 0
  for (const scene of scenes) {
    const value = scene == null ? undefined : of(scene, fps)
    if (value != null) values[count++] = value
  }
  const sorted = values.subarray(0, count).sort()
  const [lowest, highest] = [sorted[0], sorted[count - 1]]
  if (lowest == null || highest == null) return undefined
  const top = sorted[Math.min(count - 1, Math.ceil(count * TOP_SHARE))] ?? highest
  const low = fromZero ? 0 : lowest
  const high = top > low ? top : low + 1
  let above = 0
  while (above < count && (sorted[count - 1 - above] ?? high) > high) above += 1
  return { low, high, median: sorted[Math.floor(count / 2)] ?? lowest, count, above }
}

/** Place of a value on a scale, from 0 to 1. */
export const placeOn = ({ low, high }: Scale, value: number): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)))
