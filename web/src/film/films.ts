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

/** All scenes of one film, with holes where the node has not told of one yet. `scenes` is changed in place: 20,000 of them are too many to copy for each change; `version` grows with each. */
export interface Film {
  readonly scenes: (SceneChange | undefined)[]
  readonly version: Signal<number>
  /** Told which scenes changed, as often as the node tells. */
  readonly watchers: Set<(changes: readonly SceneChange[]) => void>
}

const films = new Map<string, Film>()

/** Projects whose scenes the page shows now: the node is asked to tell of them. */
export const wantedFilms = signal<ReadonlySet<string>>(new Set())

/** Has the node tell of the scenes of one project. @returns a function that ends it */
export function wantFilm(projectId: string): () => void {
  wantedFilms.value = new Set([projectId])
  return () => {
    wantedFilms.value = new Set()
  }
}

export function filmOf(projectId: string): Film {
  const known = films.get(projectId)
  if (known != null) return known
  const film: Film = { scenes: [], version: signal(0), watchers: new Set() }
  films.set(projectId, film)
  return film
}

export function applyScenes(projectId: string, changes: readonly SceneChange[]): void {
  const film = filmOf(projectId)
  for (const change of changes) film.scenes[change.scene] = change
  film.version.value += 1
  for (const watcher of film.watchers) watcher(changes)
}

export function forgetFilm(projectId: string): void {
  films.delete(projectId)
}

/** Calls back once a frame of the screen at most, with the scenes that changed since. @returns how to end it */
export function watchFilm(film: Film, onChange: (changed: ReadonlySet<number>) => void): () => void {
  let changed = new Set<number>()
  let frame: number | undefined
  const flush = (): void => {
    frame = undefined
    const now = changed
    changed = new Set()
    onChange(now)
  }
  const watcher = (changes: readonly SceneChange[]): void => {
    for (const { scene } of changes) changed.add(scene)
    frame ??= requestAnimationFrame(flush)
  }
  film.watchers.add(watcher)
  return () => {
    film.watchers.delete(watcher)
    if (frame != null) cancelAnimationFrame(frame)
  }
}

/** A film of very many scenes is not counted and drawn again for each that changes. */
const MANY = 2000
const MANY_MS = 250

/** As {@link watchFilm}, for what has to look at all scenes: of a film of many scenes a few times a second. @returns how to end it */
export function watchWholeFilm(film: Film, onChange: (changed: ReadonlySet<number>) => void): () => void {
  let changed = new Set<number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let toldAtMs = -MANY_MS
  const tell = (): void => {
    timer = undefined
    toldAtMs = performance.now()
    const now = changed
    changed = new Set()
    onChange(now)
  }
  const stop = watchFilm(film, (now) => {
    for (const scene of now) changed.add(scene)
    const waitMs = film.scenes.length < MANY ? 0 : toldAtMs + MANY_MS - performance.now()
    if (waitMs <= 0 && timer == null) tell()
    else timer ??= setTimeout(tell, waitMs)
  })
  return () => {
    stop()
    clearTimeout(timer)
  }
}
