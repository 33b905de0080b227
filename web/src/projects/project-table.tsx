import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { shownColumns } from './columns.ts'
import { COLUMNS_BESIDE, ProjectRow, type ProjectRowProps } from './project-row.tsx'
import { SeasonRow } from './season-row.tsx'
import { entriesOf } from './seasons.ts'
import type { Shown, SortKey } from './list.ts'
import type { Reorder } from './use-reorder.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface ProjectTableProps extends Pick<ProjectRowProps, 'onSelect' | 'onOpen'> {
  readonly projects: readonly ProjectStatus[]
  readonly selected: ReadonlySet<string>
  readonly open: ReadonlySet<string>
  readonly shown: Shown
  /** Films of a season stand together. */
  readonly grouped: boolean
  readonly reorder: Reorder
  readonly onSort: (sort: SortKey) => void
  readonly onSelectAll: (selected: boolean) => void
}

function Head({
  name,
  sort,
  shown,
  onSort
}: { name: string; sort: SortKey } & Pick<ProjectTableProps, 'shown' | 'onSort'>) {
  const isBy = shown.sort === sort
  return (
    <th scope="col" aria-sort={isBy ? (shown.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={() => onSort(sort)}>
        {name}
        <span aria-hidden="true">{isBy ? (shown.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

export function ProjectTable(props: ProjectTableProps) {
  const { projects, selected, open, shown, grouped, reorder, onSort, onSelect, onOpen, onSelectAll } = props
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const columns = shownColumns()
  const areAll = projects.length > 0 && projects.every(({ projectId }) => selected.has(projectId))
  const fold = (name: string): void => {
    const next = new Set(folded)
    if (!next.delete(name)) next.add(name)
    setFolded(next)
  }
  const row = (project: ProjectStatus) => (
    <ProjectRow
      key={project.projectId}
      project={project}
      columns={columns}
      selected={selected.has(project.projectId)}
      open={open.has(project.projectId)}
      movable={reorder.isOn && project.endedAtMs == null}
      target={reorder.dragged != null && reorder.over === project.projectId}
      onSelect={onSelect}
      onOpen={onOpen}
      onDrag={reorder.drag}
      onHover={reorder.hover}
      onDrop={reorder.drop}
    />
  )
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
          <Head name="Name" sort="name" shown={shown} onSort={onSort} />
          {columns.map(({ key, name, sort }) =>
            sort === undefined ? (
              <th key={key} scope="col">
                {name}
              </th>
            ) : (
              <Head key={key} name={name} sort={sort} shown={shown} onSort={onSort} />
            )
          )}
          <th scope="col">
            <span class="sr-only">Details</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {entriesOf(projects, grouped).map((entry) =>
          entry.type === 'film' ? (
            row(entry.project)
          ) : (
            <Fragment key={entry.name}>
              <SeasonRow
                name={entry.name}
                projects={entry.projects}
                columns={columns.length + COLUMNS_BESIDE}
                selected={entry.projects.every(({ projectId }) => selected.has(projectId))}
                folded={folded.has(entry.name)}
                onSelect={(on) => entry.projects.forEach(({ projectId }) => onSelect(projectId, on))}
                onFold={() => fold(entry.name)}
              />
              {!folded.has(entry.name) && entry.projects.map(row)}
            </Fragment>
          )
        )}
      </tbody>
    </table>
  )
}
