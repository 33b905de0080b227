import { whole } from '../../format.ts'
import { nameOf } from '../../people.ts'
import type { Film } from '../films.ts'
import { filter, isFiltering, NO_FILTER, setFilter, toggled } from '../filter.ts'
import { stateName, statesOf, type Passes } from '../states.ts'
import type { SceneState } from '../../../../src/api/schemas/index.ts'

function workersOf(film: Film): Set<string> {
  const workers = new Set<string>()
  for (const scene of film.scenes) if (scene?.worker != null) workers.add(scene.worker)
  return workers
}

/** How many scenes are in each state: the legend of the strip, and what filters strip and grid. */
export function Filters({
  film,
  passes,
  counts
}: {
  readonly film: Film
  readonly passes: Passes
  readonly counts: Readonly<Record<SceneState, number>>
}) {
  const now = filter.value
  const workers = workersOf(film)
  if (now.worker != null) workers.add(now.worker)
  return (
    <div class="filters">
      <div class="chips" role="group" aria-label="Show only scenes in these states">
        {statesOf(passes).map((state) => (
          <button
            key={state}
            type="button"
            class={`chip ${state}`}
            aria-pressed={now.states.has(state)}
            onClick={() => setFilter(toggled(now, state))}
          >
            {stateName(state, passes)} <b>{whole(counts[state])}</b>
          </button>
        ))}
      </div>
      {workers.size > 0 && (
        <label>
          Worker{' '}
          <select
            value={now.worker ?? ''}
            onChange={({ currentTarget: { value } }) => setFilter({ ...now, worker: value === '' ? undefined : value })}
          >
            <option value="">all</option>
            {[...workers].map((worker) => (
              <option key={worker} value={worker}>
                {nameOf(worker)}
              </option>
            ))}
          </select>
        </label>
      )}
      {isFiltering(now) && (
        <button type="button" onClick={() => setFilter(NO_FILTER)}>
          Show all
        </button>
      )}
    </div>
  )
}
