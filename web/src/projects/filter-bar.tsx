import type { Ref } from 'preact'
import { plural } from '../format.ts'
import { STATES, type Shown } from './list.ts'

export interface FilterBarProps {
  readonly shown: Shown
  readonly onChange: (shown: Shown) => void
  readonly box: Ref<HTMLInputElement>
  /** How many of how many the list shows. */
  readonly count: number
  readonly total: number
}

export function FilterBar({ shown, onChange, box, count, total }: FilterBarProps) {
  return (
    <search class="filter">
      <input
        ref={box}
        type="search"
        placeholder="Filter"
        aria-label="Filter projects by name, encoder or state"
        value={shown.text}
        onInput={({ currentTarget }) => onChange({ ...shown, text: currentTarget.value })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur()
        }}
      />
      <select
        aria-label="Show only projects in this state"
        value={shown.state}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...shown, state: STATES.find((state) => state === value) ?? 'all' })
        }
      >
        <option value="all">all states</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {state}
          </option>
        ))}
      </select>
      <span class="sub" role="status">
        {count === total ? plural(total, 'project') : `${count} of ${plural(total, 'project')}`}
      </span>
    </search>
  )
}
