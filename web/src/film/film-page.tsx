import { useEffect, useLayoutEffect, useReducer } from 'preact/hooks'
import { IdleNotes } from '../projects/idle-notes.tsx'
import { Waiting } from '../projects/waiting.tsx'
import { whole } from '../format.ts'
import { linkTo } from '../router.ts'
import { connection, projects } from '../store.ts'
import { filter, matches, NO_FILTER, setFilter } from './filter.ts'
import { filmOf, wantFilm, watchWholeFilm } from './films.ts'
import { FilmActions } from './actions/film-actions.tsx'
import { FilmFacts } from './film-facts.tsx'
import { FilmHead } from './film-head.tsx'
import { makersOf } from './makers.ts'
import { Filters } from './grid/filters.tsx'
import { Grid } from './grid/grid.tsx'
import { ScenePanel } from './scene/scene-panel.tsx'
import { countStates, isDone, summaryOf } from './states.ts'
import { playAllAsked, playOn } from './preview/play-on.ts'
import { Strip } from './strip/strip.tsx'
import '../styles/film.css'
import '../styles/grid.css'
import '../styles/scene.css'
import '../styles/preview.css'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export function FilmPage({ projectId, scene }: { readonly projectId: string; readonly scene: number | undefined }) {
  useEffect(() => {
    const leave = wantFilm(projectId)
    setFilter(NO_FILTER)
    return () => {
      leave()
      playOn.value = false
    }
  }, [projectId])
  const project = projects.value.get(projectId)
  if (project == null)
    return (
      <section aria-labelledby="film-title">
        <h1 id="film-title">
          {connection.value.status === 'connecting' ? 'Asking the node…' : 'This node does not know this project.'}
        </h1>
        <p>
          <a href={linkTo({ page: 'projects' })}>All projects</a>
        </p>
      </section>
    )
  return <Known project={project} scene={scene} />
}

function Known({ project, scene }: { readonly project: ProjectStatus; readonly scene: number | undefined }) {
  const { projectId, fpsNum, fpsDen } = project
  const fps = fpsNum > 0 && fpsDen > 0 ? fpsNum / fpsDen : 0
  const film = filmOf(projectId)
  const [, draw] = useReducer((times: number) => times + 1, 0)
  // At once: scenes may come between the first drawing and an effect after it, and nobody would draw them.
  useLayoutEffect(() => watchWholeFilm(film, () => draw(undefined)), [film])
  const counts = countStates(film.scenes)
  const isNoneShown = !film.scenes.some((one) => one != null && matches(filter.value, one))
  const open = (next: number | undefined): void => {
    location.hash = linkTo({ page: 'project', projectId, scene: next })
  }
  const playAll = (): void => {
    const first = film.scenes.findIndex(isDone)
    if (first < 0) return
    playOn.value = true
    playAllAsked.value += 1
    open(first)
  }
  return (
    <section class="film" aria-labelledby="film-title">
      <FilmHead project={project} fps={fps} />
      <FilmActions project={project} />
      <Waiting key={projectId} project={project} />
      <IdleNotes project={project} />
      <FilmFacts film={film} makers={makersOf(film.scenes)} project={project} fps={fps} />
      <Strip film={film} projectId={projectId} fps={fps} passes={project.passes} selected={scene} open={open} />
      <div class="film-tools">
        <p id="strip-summary">{summaryOf(counts)}</p>
        {counts.done > 0 && (
          <button type="button" class="primary" onClick={playAll}>
            {counts.done === 1 ? 'Play the finished scene' : `Play all ${whole(counts.done)} finished scenes`}
          </button>
        )}
      </div>
      <Filters film={film} passes={project.passes} counts={counts} />
      {scene != null && (
        <ScenePanel film={film} project={project} fps={fps} scene={scene} open={open} close={() => open(undefined)} />
      )}
      {isNoneShown && film.scenes.length > 0 && <p class="quiet-text">No scenes match the filters.</p>}
      <Grid film={film} fps={fps} passes={project.passes} selected={scene} open={open} />
    </section>
  )
}
