import { signal, type Signal } from '@preact/signals'
import type { SceneChange, SceneState } from '../../../src/api/schemas/index.ts'

/** The places that the node's numbers of states mean. */
export const STATES = [
  'waiting',
  'leased',
  'pass-1',
  'pass-2',
  'verifying',
  'done',
  'failed'
] as const satisfies readonly SceneState[]

/** All scenes of one film. `scenes` is changed in place: 20,000 of them are too many to copy for each change; `version` grows with each. */
export interface Film {
  readonly scenes: SceneChange[]
  readonly version: Signal<number>
}

const films = new Map<string, Film>()

/** Projects whose scenes the page shows now: the node is asked to tell of them. */
export const wantedFilms = signal<ReadonlySet<string>>(new Set())

export function filmOf(projectId: string): Film {
  const known = films.get(projectId)
  if (known != null) return known
  const film = { scenes: [], version: signal(0) }
  films.set(projectId, film)
  return film
}

export function applyScenes(projectId: string, changes: readonly SceneChange[]): void {
  const film = filmOf(projectId)
  for (const change of changes) film.scenes[change.scene] = change
  film.version.value += 1
}

export function forgetFilm(projectId: string): void {
  films.delete(projectId)
}
