import { useMemo } from 'preact/hooks'
import { Plot } from '../charts/plot.tsx'
import { graphOf } from './graph.ts'
import { MEASURE_INFO } from './measures.ts'
import type { Film } from './films.ts'

/** Bitrate and quality of each finished scene over the film. */
export function FilmGraph({ film, fps }: { readonly film: Film; readonly fps: number }) {
  const version = film.version.value
  const { measures, columns } = useMemo(() => graphOf(film.scenes, fps), [film, version, fps])
  return (
    <Plot
      title="Bitrate and quality of each finished scene"
      lines={measures.map((measure) => MEASURE_INFO[measure])}
      columns={columns}
      time={false}
      stepped={true}
      xName="minute of the film"
    />
  )
}
