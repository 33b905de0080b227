import { useEffect, useState } from 'preact/hooks'
import { filmOf, wantFilm } from '../film/films.ts'
import { plainNameOf } from '../people.ts'
import { projects } from '../store.ts'
import { columnsOf } from './history.ts'
import { Plot } from './plot.tsx'
import { samples } from './samples.ts'

/** kbit/s of each scene that is done, over the film's minutes. */
function Bitrate({ projectId }: { readonly projectId: string }) {
  useEffect(() => wantFilm(projectId), [projectId])
  const project = projects.value.get(projectId)
  const film = filmOf(projectId)
  void film.version.value
  if (project == null) return undefined
  const fps = project.fpsNum / project.fpsDen
  const minutes: number[] = []
  const kbps: (number | null)[] = []
  let start = 0
  for (const scene of film.scenes) {
    // Scenes come in order of change: until all are there, none behind a gap can be placed.
    if (scene == null) break
    const { frames, bytes } = scene
    minutes.push(start / fps / 60)
    kbps.push(bytes > 0 ? (bytes * 8 * fps) / frames / 1000 : null)
    start += frames
  }
  return (
    <Plot
      title="Bitrate of each finished scene"
      lines={[{ name: project.title, unit: 'kbit/s' }]}
      columns={[minutes, kbps]}
      time={false}
      xName="minute of the film"
    />
  )
}

export function ChartsPage() {
  const all = [...projects.value.values()]
  const [chosen, setChosen] = useState('')
  const projectId = projects.value.has(chosen) ? chosen : (all[0]?.projectId ?? '')
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
          <select value={projectId} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {all.map(({ projectId: id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      {projectId === '' ? undefined : <Bitrate key={projectId} projectId={projectId} />}
    </section>
  )
}
