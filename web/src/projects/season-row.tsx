import { plural, sharePercent } from '../format.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface SeasonRowProps {
  readonly name: string
  readonly projects: readonly ProjectStatus[]
  readonly columns: number
  readonly selected: boolean
  readonly folded: boolean
  readonly onSelect: (selected: boolean) => void
  readonly onFold: () => void
}

/** The head of the films of one season. */
export function SeasonRow({ name, projects, columns, selected, folded, onSelect, onFold }: SeasonRowProps) {
  const frames = projects.reduce((sum, { totalFrames }) => sum + totalFrames, 0)
  const done = projects.reduce((sum, project) => sum + project.share * project.totalFrames, 0)
  return (
    <tr class="season">
      <td class="pick">
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={selected}
          onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
        />
      </td>
      <th scope="rowgroup" colSpan={columns - 1}>
        <button type="button" class="quiet" aria-expanded={!folded} onClick={onFold}>
          <span aria-hidden="true">{folded ? '▸' : '▾'}</span> {name}
        </button>{' '}
        <span class="sub">
          {plural(projects.length, 'film')}, {sharePercent(done / Math.max(1, frames))}
        </span>
      </th>
    </tr>
  )
}
