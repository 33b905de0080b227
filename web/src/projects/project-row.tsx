import { linkTo } from '../router.ts'
import { memo } from '../ui/memo.ts'
import { Cell } from './cell.tsx'
import { ProjectDetails } from './project-details.tsx'
import type { Column } from './columns.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface ProjectRowProps {
  readonly project: ProjectStatus
  readonly columns: readonly Column[]
  readonly selected: boolean
  readonly open: boolean
  /** It can be dragged to another place in the line. */
  readonly movable: boolean
  /** What is dragged would come before it. */
  readonly target: boolean
  readonly onSelect: (id: string, selected: boolean) => void
  readonly onOpen: (id: string) => void
  readonly onDrag: (id: string | undefined) => void
  readonly onHover: (id: string) => void
  readonly onDrop: (id: string) => void
}

/** Columns that are always there: the box to tick, the name, the button for details. */
export const COLUMNS_BESIDE = 3

/** A line of the list and, where it is open, what else is to know. */
export const ProjectRow = memo((props: ProjectRowProps) => {
  const { project, columns, selected, open, movable, target, onSelect, onOpen } = props
  const { projectId, title, state } = project
  return (
    <>
      <tr
        class={`project ${state}${selected ? ' selected' : ''}${target ? ' target' : ''}`}
        data-id={projectId}
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes('Files') === true) return
          event.preventDefault()
          props.onHover(projectId)
        }}
        onDrop={(event) => {
          event.preventDefault()
          props.onDrop(projectId)
        }}
      >
        <td class="pick">
          <input
            type="checkbox"
            aria-label={`Select ${title}`}
            checked={selected}
            onChange={({ currentTarget }) => onSelect(projectId, currentTarget.checked)}
          />
        </td>
        <th scope="row" class="name">
          {movable && (
            <span
              class="grip"
              draggable
              aria-hidden="true"
              title="Drag it to another place in the queue, or move it with J and K"
              onDragStart={() => props.onDrag(projectId)}
              onDragEnd={() => props.onDrag(undefined)}
            >
              ⠿
            </span>
          )}
          <a href={linkTo({ page: 'project', projectId, scene: undefined })}>{title}</a>
        </th>
        {columns.map(({ key }) => (
          <Cell key={key} column={key} project={project} />
        ))}
        <td class="more">
          <button
            type="button"
            class="quiet"
            aria-expanded={open}
            aria-label={`Details of ${title}`}
            onClick={() => onOpen(projectId)}
          >
            <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          </button>
        </td>
      </tr>
      {open && (
        <tr class="details-row">
          <td colSpan={columns.length + COLUMNS_BESIDE}>
            <ProjectDetails project={project} />
          </td>
        </tr>
      )}
    </>
  )
})
