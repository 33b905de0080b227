import { bytes, percent, sceneName } from '../format.ts'
import { nameOf } from '../people.ts'
import { MEASURE_INFO } from './measures.ts'
import { shareDone, STATE_NAMES, stateOf } from './states.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

/** A scene in parts: what it is, its length, its size, who has it. */
export function partsOf(scene: SceneChange, fps: number): readonly string[] {
  const share = shareDone(scene)
  const rate = MEASURE_INFO.bitrate.of(scene, fps)
  const speed = MEASURE_INFO.speed.of(scene, fps)
  return [
    `${STATE_NAMES[stateOf(scene)]}${share == null ? '' : ` (${percent(share)})`}`,
    `${scene.frames} frames${fps > 0 ? ` (${(scene.frames / fps).toFixed(1)} s)` : ''}`,
    ...(scene.bytes > 0 ? [`${bytes(scene.bytes)}${rate == null ? '' : ` at ${whole(rate)} kbit/s`}`] : []),
    ...(scene.psnr == null ? [] : [`lowest PSNR ${scene.psnr.toFixed(1)} dB`]),
    ...(speed == null ? [] : [`${MEASURE_INFO.speed.text(speed)} s per frame`]),
    ...(scene.attempts > 1 ? [`${scene.attempts} attempts`] : []),
    ...(scene.worker == null ? [] : [`by ${nameOf(scene.worker)}`])
  ]
}

const whole = MEASURE_INFO.bitrate.text

/** A scene in one sentence, as a screen reader says it. */
export const describe = (scene: SceneChange | undefined, fps: number): string =>
  scene == null ? 'No scenes yet.' : `Scene ${sceneName(scene.scene)}: ${partsOf(scene, fps).join(', ')}`
