import { MEASURE_INFO } from './measures.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

/** Minutes of the film where scenes begin, then kbit/s and the lowest PSNR of each; null where it is not known. The last point is where the last scene ends. */
export type GraphColumns = readonly [minutes: readonly number[], kbps: Values, psnr: Values]

type Values = readonly (number | null)[]

/** The bitrate and quality of the scenes over the film. Scenes come in order of change: until all are there, none behind a gap can be placed. */
export function graphOf(scenes: readonly (SceneChange | undefined)[], fps: number): GraphColumns {
  const columns: [number[], (number | null)[], (number | null)[]] = [[], [], []]
  const [minutes, kbps, psnr] = columns
  let start = 0
  for (const scene of scenes) {
    if (scene == null) break
    minutes.push(start / fps / 60)
    kbps.push(MEASURE_INFO.bitrate.of(scene, fps) ?? null)
    psnr.push(MEASURE_INFO.psnr.of(scene, fps) ?? null)
    start += scene.frames
  }
  if (minutes.length > 0) {
    minutes.push(start / fps / 60)
    kbps.push(kbps.at(-1) ?? null)
    psnr.push(psnr.at(-1) ?? null)
  }
  return columns
}
