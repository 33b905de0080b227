import { useEffect, useState } from 'preact/hooks'
import { filmOf, wantFilm } from '../film/films.ts'
import { FilmGraph } from '../film/film-graph.tsx'
import { plainNameOf } from '../people.ts'
import { projects } from '../store.ts'
import { columnsOf } from './history.ts'
import { Plot } from './plot.tsx'
import { samples } from './samples.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

function OfFilm({ project }: { readonly project: ProjectStatus }) {
  const { projectId, fpsNum, fpsDen } = project
  useEffect(() => wantFilm(projectId), [projectId])
  return <FilmGraph film={filmOf(projectId)} fps={fpsNum / fpsDen} />
}

export function ChartsPage() {
  const all = [...projects.value.values()]
  const [chosen, setChosen] = useState('')
  const film = projects.value.get(chosen) ?? all[0]
  const speed = columnsOf(samples.value, ({ fps }) => fps)
  const left = columnsOf(samples.value, ({ left }) => left)
  return (
    <section class="charts" aria-labelledby="charts-title">
      <h1 id="charts-title">Charts</h1>
      <p class="quiet">The charts of speed and frames left start when you open this page.</p>
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
