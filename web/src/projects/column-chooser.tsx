import { COLUMNS, isShown, showColumn } from './columns.ts'

/** Which columns the list has, in this browser. */
export function ColumnChooser() {
  return (
    <details class="columns">
      <summary>Columns</summary>
      <div role="group" aria-label="Columns of the list">
        {COLUMNS.map(({ key, name }) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={isShown(key)}
              onChange={({ currentTarget }) => showColumn(key, currentTarget.checked)}
            />{' '}
            {name}
          </label>
        ))}
      </div>
    </details>
  )
}
