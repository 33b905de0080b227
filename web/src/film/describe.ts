import { bytes, percent, plural, sceneName } from '../format.ts'
import { nameOf } from '../people.ts'
import { MEASURE_INFO } from './measures.ts'
import { shareDone, stateName, stateOf, type Passes } from './states.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

/** What of its film a scene is described by. */
export interface Look {
  /** Frames a second; 0: not known. */
  readonly fps: number
  readonly passes: Passes
}

/** A scene in parts: what it is, its length, its size, who has it. */
export function partsOf(scene: SceneChange, { fps, passes }: Look): readonly string[] {
  const share = shareDone(scene)
  const rate = MEASURE_INFO.bitrate.of(scene, fps)
  const speed = MEASURE_INFO.speed.of(scene, fps)
  return [
    `${stateName(stateOf(scene), passes)}${share == null ? '' : ` (${percent(share)})`}`,
    `${plural(scene.frames, 'frame')}${fps > 0 ? ` (${(scene.frames / fps).toFixed(1)} s)` : ''}`,
    ...(scene.bytes > 0 ? [`${bytes(scene.bytes)}${rate == null ? '' : ` at ${whole(rate)} kbit/s`}`] : []),
    ...qualityOf(scene),
    ...(speed == null ? [] : [`${MEASURE_INFO.speed.text(speed)} s per frame`]),
    ...(scene.attempts > 1 ? [plural(scene.attempts, 'attempt')] : []),
    ...(scene.worker == null ? [] : [`by ${nameOf(scene.worker)}`])
  ]
}

/** Each number that was measured. */
function qualityOf({ psnr, psnrMean, xpsnr }: SceneChange): readonly string[] {
  return [
    ...(psnrMean == null ? [] : [`mean PSNR ${psnrMean.toFixed(1)} dB`]),
    ...(psnr == null ? [] : [`lowest PSNR ${psnr.toFixed(1)} dB`]),
    ...(xpsnr == null ? [] : [`XPSNR ${xpsnr.toFixed(1)} dB`])
  ]
}

const whole = MEASURE_INFO.bitrate.text

/** A scene in one sentence, as a screen reader says it. */
export const describe = (scene: SceneChange | undefined, look: Look): string =>
  scene == null ? 'No scenes yet.' : `Scene ${sceneName(scene.scene)}: ${partsOf(scene, look).join(', ')}`
