import { type Measure, MEASURE_INFO } from './measures.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

/** What a film's graph shows: of each scene bitrate and lowest PSNR, and the further qualities that are known of any. */
export interface FilmLines {
  readonly measures: readonly Measure[]
  /** Minutes of the film where scenes begin, then the values of each measure; null where one is not known. The last point is where the last scene ends. */
  readonly columns: readonly [minutes: readonly number[], ...values: readonly (readonly (number | null)[])[]]
}

const ALWAYS: readonly Measure[] = ['bitrate', 'psnr']
const WHERE_KNOWN: readonly Measure[] = ['psnrMean', 'xpsnr']

/** The bitrate and quality of the scenes over the film. Scenes come in order of change: until all are there, none behind a gap can be placed. */
export function graphOf(scenes: readonly (SceneChange | undefined)[], fps: number): FilmLines {
  const gap = scenes.indexOf(undefined)
  const placed = (gap === -1 ? scenes : scenes.slice(0, gap)).filter((scene) => scene != null)
  const minutes: number[] = []
  let start = 0
  for (const { frames } of placed) {
    minutes.push(start / fps / 60)
    start += frames
  }
  if (placed.length > 0) minutes.push(start / fps / 60)
  const valuesOf = (measure: Measure): (number | null)[] => {
    const values = placed.map((scene) => MEASURE_INFO[measure].of(scene, fps) ?? null)
    return placed.length === 0 ? [] : [...values, values.at(-1) ?? null]
  }
  const known = WHERE_KNOWN.filter((measure) => valuesOf(measure).some((value) => value !== null))
  const measures = [...ALWAYS, ...known]
  return { measures, columns: [minutes, ...measures.map(valuesOf)] }
}
