import { useEffect, useMemo, useState } from 'preact/hooks'
import { filmOf, wantFilm } from '../film/films.ts'
import { FilmGraph } from '../film/film-graph.tsx'
import { plainNameOf } from '../people.ts'
import { toastError } from '../ui/toasts.tsx'
import { connection, projects } from '../store.ts'
import { columnsOf, joinSamples, type Sample } from './history.ts'
import { askPast } from './past.ts'
import { Plot } from './plot.tsx'
import { samples } from './samples.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

function OfFilm({ project }: { readonly project: ProjectStatus }) {
  const { projectId, fpsNum, fpsDen } = project
  useEffect(() => wantFilm(projectId), [projectId])
  return <FilmGraph film={filmOf(projectId)} fps={fpsNum / fpsDen} />
}

function usePast(): readonly Sample[] {
  const [past, setPast] = useState<readonly Sample[]>([])
  const isLive = connection.value.status === 'live'
  useEffect(() => {
    if (!isLive) return
    askPast().then(setPast, (error: unknown) => toastError('The history of the node could not be loaded', error))
  }, [isLive])
  return past
}

export function ChartsPage() {
  const all = [...projects.value.values()]
  const [chosen, setChosen] = useState('')
  const film = projects.value.get(chosen) ?? all[0]
  const past = usePast()
  const known = useMemo(() => joinSamples(past, samples.value), [past, samples.value])
  const speed = columnsOf(known, ({ fps }) => fps)
  const left = columnsOf(known, ({ left }) => left)
  return (
    <section class="charts" aria-labelledby="charts-title">
      <h1 id="charts-title">Charts</h1>
      <p class="quiet">The node remembers two days of speed and frames left, one point per minute.</p>
      <Plot
        title="Speed of each node"
        lines={speed.keys.map((key) => ({ name: plainNameOf(key), unit: 'fps' }))}
        columns={speed.columns}
        time={true}
        xName="time"
      />
      <Plot
        title="Frames left"
        lines={left.keys.map((key) => ({ name: projects.value.get(key)?.title ?? key, unit: 'frames' }))}
        columns={left.columns}
        time={true}
        xName="time"
      />
      {all.length === 0 ? undefined : (
        <label>
          Film{' '}
          <select value={film?.projectId} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {all.map(({ projectId, title }) => (
              <option key={projectId} value={projectId}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      {film == null ? undefined : <OfFilm key={film.projectId} project={film} />}
    </section>
  )
}
