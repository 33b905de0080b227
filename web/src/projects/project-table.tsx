import { ProjectRow, type ProjectRowProps } from './project-row.tsx'
import type { Shown, SortKey } from './list.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface ProjectTableProps extends Pick<ProjectRowProps, 'onSelect' | 'onOpen'> {
  readonly projects: readonly ProjectStatus[]
  readonly selected: ReadonlySet<string>
  readonly open: ReadonlySet<string>
  readonly shown: Shown
  readonly onSort: (sort: SortKey) => void
  readonly onSelectAll: (selected: boolean) => void
}

const HEADS: readonly { readonly sort: SortKey; readonly name: string }[] = [
  { sort: 'name', name: 'Name' },
  { sort: 'state', name: 'State' },
  { sort: 'progress', name: 'Progress' },
  { sort: 'fps', name: 'Speed' },
  { sort: 'left', name: 'Left' },
  { sort: 'size', name: 'Size' },
  { sort: 'priority', name: 'Priority' }
]

export function ProjectTable(props: ProjectTableProps) {
  const { projects, selected, open, shown, onSort, onSelect, onOpen, onSelectAll } = props
  const areAll = projects.length > 0 && projects.every(({ projectId }) => selected.has(projectId))
  return (
    <table class="projects" aria-labelledby="projects-title">
      <thead>
        <tr>
          <th class="pick">
            <input
              type="checkbox"
              aria-label="Select all shown"
              checked={areAll}
              onChange={({ currentTarget }) => onSelectAll(currentTarget.checked)}
            />
          </th>
          {HEADS.map(({ sort, name }) => (
            <th
              key={sort}
              scope="col"
              aria-sort={shown.sort === sort ? (shown.descending ? 'descending' : 'ascending') : undefined}
            >
              <button type="button" class="sort" onClick={() => onSort(sort)}>
                {name}
                <span aria-hidden="true">{shown.sort === sort ? (shown.descending ? ' ↓' : ' ↑') : ''}</span>
              </button>
            </th>
          ))}
          <th scope="col">
            <span class="sr-only">Details</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <ProjectRow
            key={project.projectId}
            project={project}
            selected={selected.has(project.projectId)}
            open={open.has(project.projectId)}
            onSelect={onSelect}
            onOpen={onOpen}
          />
        ))}
      </tbody>
    </table>
  )
}
