import { bytes, duration, fps, percent, whole } from '../format.ts'
import { nameOf } from '../people.ts'
import type { Maker } from './makers.ts'

/** Who encoded how much of a film; nothing before the first scene. It has the makers, not the film: a film is changed in place, and what is the same is not drawn again. */
export function MakersTable({ makers }: { readonly makers: readonly Maker[] }) {
  const all = makers.reduce((sum, { frames }) => sum + frames, 0)
  if (makers.length === 0) return null
  return (
    <table class="makers">
      <caption>Who encoded how much</caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Scenes</th>
          <th scope="col">Frames</th>
          <th scope="col">Bytes</th>
          <th scope="col">Encoding</th>
          <th scope="col">Speed of a slot</th>
        </tr>
      </thead>
      <tbody>
        {makers.map(({ worker, scenes, frames, bytes: size, encodeMs }) => (
          <tr key={worker}>
            <th scope="row">{nameOf(worker)}</th>
            <td>{whole(scenes)}</td>
            <td>
              {whole(frames)} <span class="sub">{percent(frames / Math.max(1, all))}</span>
            </td>
            <td>{bytes(size)}</td>
            <td>{duration(encodeMs / 1000)}</td>
            <td>{encodeMs > 0 ? fps((1000 * frames) / encodeMs) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
