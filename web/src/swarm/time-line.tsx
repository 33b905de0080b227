import { useEffect, useState } from 'preact/hooks'
import type { TimelineEntry } from '../../../src/api/schemas/index.ts'
import { answerOf, api } from '../api.ts'
import { VERDICTS } from '../film/scene/verdicts.ts'
import { clock, duration, sceneName } from '../format.ts'
import { plainNameOf } from '../people.ts'
import { linkTo } from '../router.ts'
import { projects } from '../store.ts'
import { rowsOf, type Bar, type Row } from './bars.ts'

const LANE = 14
const WIDTH = 1000
const AGAIN_MS = 5000

const SPANS = [
  { minutes: 10, name: '10 minutes' },
  { minutes: 60, name: 'hour' },
  { minutes: 720, name: '12 hours' },
  { minutes: 4320, name: '3 days' }
] as const

/** Shares of the span that have their time below the bars. */
const TICKS = [0, 0.25, 0.5, 0.75, 1] as const

/** One verdict of each colour. */
const LEGEND = [
  { verdict: 'accepted', name: 'accepted' },
  { verdict: 'running', name: 'being encoded, or fetched ahead' },
  { verdict: 'verifying', name: 'being checked' },
  { verdict: 'failed', name: 'failed, refused or withdrawn' },
  { verdict: 'released', name: 'handed back, lost contact or too late' }
] as const

/** The entries of the last minutes, asked for again and again while the page shows them; undefined before the first answer. */
function useTimeline(minutes: number): {
  readonly entries: readonly TimelineEntry[] | undefined
  readonly atMs: number
  readonly error: string
} {
  const [state, setState] = useState({
    entries: undefined as readonly TimelineEntry[] | undefined,
    atMs: Date.now(),
    error: ''
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isWanted = true
    const ask = async (): Promise<void> => {
      const after = String(Date.now() - minutes * 60_000)
      try {
        const entries = await answerOf(await api.timeline.$get({ query: { after, limit: '1000' } }))
        if (isWanted) setState({ entries, atMs: Date.now(), error: '' })
      } catch (error) {
        if (isWanted) setState((old) => ({ ...old, error: error instanceof Error ? error.message : String(error) }))
      }
      if (isWanted) timer = setTimeout(() => void ask(), AGAIN_MS)
    }
    void ask()
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [minutes])
  return state
}

function title({ entry }: Bar): string {
  const film = projects.value.get(entry.projectId)?.title ?? 'a film'
  const end =
    entry.endedAtMs == null
      ? 'not over yet'
      : `took ${duration((entry.endedAtMs - entry.startedAtMs) / 1000)}, ${VERDICTS[entry.verdict]}`
  return `${film} ${sceneName(entry.scene)} from ${clock(entry.startedAtMs)}, ${end}`
}

function Lane({ row }: { readonly row: Row }) {
  return (
    <div class="lane">
      <span class="who" title={row.worker}>
        {plainNameOf(row.worker)}
      </span>
      <svg viewBox={`0 0 ${WIDTH} ${row.lanes * LANE}`} height={row.lanes * LANE} preserveAspectRatio="none">
        {row.bars.map((bar) => (
          <a
            key={`${bar.entry.projectId}/${bar.entry.scene}/${bar.entry.startedAtMs}`}
            href={linkTo({ page: 'project', projectId: bar.entry.projectId, scene: bar.entry.scene })}
            aria-label={title(bar)}
          >
            <title>{title(bar)}</title>
            <rect
              class={`lease ${bar.entry.verdict}`}
              x={bar.from * WIDTH}
              y={bar.lane * LANE + 1}
              width={Math.max(1, (bar.to - bar.from) * WIDTH)}
              height={LANE - 2}
            />
          </a>
        ))}
      </svg>
    </div>
  )
}

/** Which node had which scene, and when. */
export function TimeLine() {
  const [minutes, setMinutes] = useState<number>(60)
  const { entries, atMs, error } = useTimeline(minutes)
  const rows = rowsOf(entries ?? [], atMs - minutes * 60_000, atMs)
  return (
    <section class="panel time-line" aria-labelledby="time-line-title">
      <h2 id="time-line-title">Scenes by node</h2>
      <label>
        The last{' '}
        <select value={minutes} onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}>
          {SPANS.map((span) => (
            <option key={span.minutes} value={span.minutes}>
              {span.name}
            </option>
          ))}
        </select>
      </label>
      {error === '' ? undefined : <p class="error">{error}</p>}
      {entries != null && rows.length === 0 && <p class="quiet">No node had a scene in this time.</p>}
      {rows.map((row) => (
        <Lane key={row.worker} row={row} />
      ))}
      {rows.length === 0 ? undefined : (
        <p class="axis quiet">
          {TICKS.map((share) => (
            <span key={share}>{clock(atMs - (1 - share) * minutes * 60_000)}</span>
          ))}
        </p>
      )}
      <ul class="legend plain">
        {LEGEND.map(({ verdict, name }) => (
          <li key={verdict}>
            <svg width="18" height="10" aria-hidden="true">
              <rect class={`lease ${verdict}`} width="18" height="10" />
            </svg>{' '}
            {name}
          </li>
        ))}
      </ul>
    </section>
  )
}
