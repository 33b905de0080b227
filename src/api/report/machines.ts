import { plural } from '../../common/text.ts'
import type { KnownAttempt } from '../ports.ts'
import { durationText } from './duration.ts'
import type { FilmReport } from './film-report.ts'
import { html, type Markup, NOTHING } from './html.ts'

/** Bars of the time line at the most: the oldest are left out. */
const BARS_MAX = 5_000
const ROW = 18
const WIDTH = 1000

type Timed = KnownAttempt & { readonly startedAtMs: number; readonly endedAtMs: number }

const isTimed = (attempt: KnownAttempt): attempt is Timed =>
  attempt.startedAtMs !== null && attempt.endedAtMs !== null && attempt.endedAtMs >= attempt.startedAtMs

/** Work that ended up in the film. */
const isUsed = ({ verdict }: KnownAttempt): boolean => verdict === 'accepted'

/** Who did what: one row for each machine. */
export function machinesTable({ scenes, attempts, nameOf }: FilmReport): Markup {
  const workers = new Set([...scenes.flatMap(({ worker }) => worker ?? []), ...attempts.map(({ worker }) => worker)])
  const rows = [...workers].map((worker) => {
    const made = scenes.filter((scene) => scene.state === 'done' && scene.worker === worker)
    const lost = attempts.filter((attempt) => attempt.worker === worker && isTimed(attempt) && !isUsed(attempt))
    const frames = made.reduce((sum, scene) => sum + scene.frames, 0)
    const seconds = made.reduce((sum, scene) => sum + (scene.encodeSeconds ?? 0), 0)
    return { worker, scenes: made.length, frames, seconds, lost: lost.length }
  })
  const cells = rows
    .toSorted((a, b) => b.frames - a.frames)
    .map(
      (row) =>
        html`<tr>
          <td>${nameOf(row.worker)}</td>
          <td>${row.scenes}</td>
          <td>${row.frames}</td>
          <td>${durationText(row.seconds)}</td>
          <td>${row.seconds > 0 ? (row.frames / row.seconds).toFixed(2) : '-'}</td>
          <td>${row.lost}</td>
        </tr>`
    )
  return html`<table>
    <thead>
      <tr>
        <th>machine</th>
        <th>scenes</th>
        <th>frames</th>
        <th>encoding</th>
        <th>frames per second</th>
        <th>attempts without a result</th>
      </tr>
    </thead>
    <tbody>
      ${cells}
    </tbody>
  </table>`
}

/** When each machine had which scene, as bars: one row for each machine. */
export function timeline({ attempts, nameOf }: FilmReport): Markup {
  const timed = attempts
    .filter(isTimed)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    .slice(-BARS_MAX)
  const [first] = timed
  if (first === undefined) return html`<p>This node does not know when the attempts were made.</p>`
  const from = first.startedAtMs
  const to = timed.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs), from + 1)
  const workers = [...new Set(timed.map(({ worker }) => worker))]
  const bars = timed.map((attempt) => {
    const x = ((attempt.startedAtMs - from) / (to - from)) * WIDTH
    const width = Math.max(((attempt.endedAtMs - attempt.startedAtMs) / (to - from)) * WIDTH, 0.5)
    const text = `scene ${attempt.scene + 1}, ${nameOf(attempt.worker)}, ${attempt.verdict}`
    return html`<rect
      class="${isUsed(attempt) ? 'used' : 'lost'}"
      x="${x.toFixed(1)}"
      y="${workers.indexOf(attempt.worker) * ROW + 2}"
      width="${width.toFixed(1)}"
      height="${ROW - 4}"
      ><title>${text}</title></rect
    >`
  })
  const names = workers.map((worker) => html`<li>${nameOf(worker)}</li>`)
  const left = attempts.filter(isTimed).length - timed.length
  return html`<div class="times">
      <ol>
        ${names}
      </ol>
      <svg viewBox="0 0 ${WIDTH} ${workers.length * ROW}" preserveAspectRatio="none" role="img" aria-label="Time line">
        ${bars}
      </svg>
    </div>
    <p>${durationText((to - from) / 1000)} from the first attempt to the end of the last.</p>
    ${left > 0 ? html`<p>${plural(left, 'older attempt')} left out.</p>` : NOTHING}`
}

/** Where the time went. */
export function times({ project, scenes, attempts }: FilmReport): Markup {
  const used = scenes.reduce((sum, scene) => sum + (scene.encodeSeconds ?? 0), 0)
  const lost = attempts
    .filter((attempt) => isTimed(attempt) && !isUsed(attempt) && attempt.verdict !== 'running')
    .reduce((sum, { startedAtMs, endedAtMs }) => sum + ((endedAtMs ?? 0) - (startedAtMs ?? 0)) / 1000, 0)
  const span = project.endedAtMs === null ? undefined : (project.endedAtMs - project.createdAtMs) / 1000
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['encoding of the scenes in the film', used],
    ['attempts without a result', lost],
    ['from submission to the end', span]
  ]
  const shown = rows.flatMap(([what, seconds]) =>
    seconds === undefined
      ? []
      : [
          html`<tr>
            <td>${what}</td>
            <td>${durationText(seconds)}</td>
          </tr>`
        ]
  )
  return html`<table>
    <tbody>
      ${shown}
    </tbody>
  </table>`
}
