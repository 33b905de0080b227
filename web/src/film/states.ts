import { plural, whole } from '../format.ts'
import { STATES } from './films.ts'
import type { ProjectStatus, SceneChange, SceneState } from '../../../src/api/schemas/index.ts'

export type Passes = ProjectStatus['passes']

const STATE_NAMES: Readonly<Record<SceneState, string>> = {
  waiting: 'waiting',
  leased: 'handed out',
  'pass-1': 'first pass',
  'pass-2': 'second pass',
  verifying: 'being checked',
  done: 'done',
  failed: 'failed'
}

/** How a state is called in sentences, for a film whose encoder makes so many passes. */
export const stateName = (state: SceneState, passes: Passes): string =>
  state === 'pass-1' && passes === 1 ? 'being encoded' : STATE_NAMES[state]

/** The states that scenes of such a film have. */
export const statesOf = (passes: Passes): readonly SceneState[] =>
  passes === 1 ? STATES.filter((state) => state !== 'pass-2') : STATES

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
    `${whole(counts.done)} of ${plural(total, 'scene is', 'scenes are')} done`,
    ...(running > 0 ? [`${whole(running)} in progress`] : []),
    ...(counts.verifying > 0 ? [`${whole(counts.verifying)} being checked`] : []),
    ...(counts.failed > 0 ? [`${whole(counts.failed)} failed`] : []),
    ...(counts.waiting > 0 ? [`${whole(counts.waiting)} waiting`] : [])
  ]
  return `${parts.join(', ')}.`
}
