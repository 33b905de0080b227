import { signal, type ReadonlySignal } from '@preact/signals'
import { stateOf } from './states.ts'
import type { SceneChange, SceneState } from '../../../src/api/schemas/index.ts'

/** Which scenes are shown: empty `states` means all, `worker` undefined means everybody's. */
export interface Filter {
  readonly states: ReadonlySet<SceneState>
  readonly worker: string | undefined
}

export const NO_FILTER: Filter = { states: new Set(), worker: undefined }

export const isFiltering = ({ states, worker }: Filter): boolean => states.size > 0 || worker != null

export const matches = ({ states, worker }: Filter, scene: SceneChange): boolean =>
  (states.size === 0 || states.has(stateOf(scene))) && (worker == null || scene.worker === worker)

export function toggled(filter: Filter, state: SceneState): Filter {
  const states = new Set(filter.states)
  if (!states.delete(state)) states.add(state)
  return { ...filter, states }
}

const current = signal<Filter>(NO_FILTER)

/** The filter of the film that is shown. */
export const filter: ReadonlySignal<Filter> = current

export function setFilter(next: Filter): void {
  current.value = next
}

/** The next scene from one on that passes, in a direction. */
export function neighbour(
  scenes: readonly (SceneChange | undefined)[],
  from: number,
  direction: 1 | -1,
  passes: (scene: SceneChange) => boolean
): number | undefined {
  for (let index = from + direction; index >= 0 && index < scenes.length; index += direction) {
    const scene = scenes[index]
    if (scene != null && passes(scene)) return index
  }
  return undefined
}
