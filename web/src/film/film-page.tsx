import { useEffect } from 'preact/hooks'
import { projects } from '../store.ts'
import { filmOf, STATES, wantedFilms } from './films.ts'

export function FilmPage({ projectId }: { readonly projectId: string; readonly scene: number | undefined }) {
  useEffect(() => {
    wantedFilms.value = new Set([projectId])
    return () => {
      wantedFilms.value = new Set()
    }
  }, [projectId])
  const project = projects.value.get(projectId)
  const film = filmOf(projectId)
  void film.version.value
  return (
    <section aria-labelledby="film-title">
      <h1 id="film-title">{project?.title ?? 'This node knows no such project.'}</h1>
      <ol class="plain">
        {film.scenes.map(({ scene, frames, state }) => (
          <li key={scene}>
            {String(scene + 1).padStart(5, '0')} {frames}fr {STATES[state]}
          </li>
        ))}
      </ol>
    </section>
  )
}
