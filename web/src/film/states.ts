import { STATES } from './films.ts'
import type { SceneChange, SceneState } from '../../../src/api/schemas/index.ts'

/** How a state is called in sentences. */
export const STATE_NAMES: Readonly<Record<SceneState, string>> = {
  waiting: 'waiting',
  leased: 'handed out',
  'pass-1': 'first pass',
  'pass-2': 'second pass',
  verifying: 'being checked',
  done: 'done',
  failed: 'failed'
}

export const stateOf = (scene: SceneChange): SceneState => STATES[scene.state] ?? 'waiting'

export const isDone = (scene: SceneChange | undefined): boolean => scene != null && stateOf(scene) === 'done'

/** Share of the running pass that is done; undefined where no pass runs. */
export function shareDone(scene: SceneChange): number | undefined {
  const state = stateOf(scene)
  if ((state !== 'pass-1' && state !== 'pass-2') || scene.frames === 0) return undefined
  return Math.min(1, scene.framesDone / scene.frames)
}

export function countStates(scenes: readonly (SceneChange | undefined)[]): Readonly<Record<SceneState, number>> {
  const counts = { waiting: 0, leased: 0, 'pass-1': 0, 'pass-2': 0, verifying: 0, done: 0, failed: 0 }
  for (const scene of scenes) if (scene != null) counts[stateOf(scene)] += 1
  return counts
}

/** The film in one sentence. */
export function summaryOf(counts: Readonly<Record<SceneState, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (total === 0) return 'No scenes yet.'
  const running = counts.leased + counts['pass-1'] + counts['pass-2']
  const parts = [
    `${counts.done.toLocaleString()} of ${total.toLocaleString()} scenes are done`,
    ...(running > 0 ? [`${running.toLocaleString()} in progress`] : []),
    ...(counts.verifying > 0 ? [`${counts.verifying.toLocaleString()} being checked`] : []),
    ...(counts.failed > 0 ? [`${counts.failed.toLocaleString()} failed`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting.toLocaleString()} waiting`] : [])
  ]
  return `${parts.join(', ')}.`
}
