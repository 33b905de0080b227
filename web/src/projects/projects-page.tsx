import { useCallback, useMemo, useRef, useState } from 'preact/hooks'
import { mayChange } from '../session/session.ts'
import { ReadOnlyNote } from '../shell/header.tsx'
import { connection, projects } from '../store.ts'
import { openSubmit } from '../submit/open.ts'
import { useShortcuts } from '../ui/shortcuts.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ColumnChooser } from './column-chooser.tsx'
import { deleteLater, leaving } from './deletion.ts'
import { FilterBar } from './filter-bar.tsx'
import { shownProjects, type Shown, type SortKey } from './list.ts'
import { group, isGrouped } from './grouping.ts'
import { ProjectTable } from './project-table.tsx'
import { useReorder } from './use-reorder.ts'
import { focusRow, moveFocus, rowInFocus } from './row-focus.ts'

const FIRST: Shown = { text: '', state: 'all', sort: 'priority', descending: false }

const toggled = (set: ReadonlySet<string>, id: string, on = !set.has(id)): ReadonlySet<string> => {
  const copy = new Set(set)
  if (on) copy.add(id)
  else copy.delete(id)
  return copy
}

export function ProjectsPage() {
  const [shown, setShown] = useState(FIRST)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const filterBox = useRef<HTMLInputElement>(null)

  const all = useMemo(
    () => [...projects.value.values()].filter(({ projectId }) => !leaving.value.has(projectId)),
    [projects.value, leaving.value]
  )
  const list = useMemo(() => shownProjects(all, shown), [all, shown])
  // What is filtered away is not acted on.
  const chosen = list.filter(({ projectId }) => selected.has(projectId))

  const select = useCallback((id: string, on: boolean) => setSelected((now) => toggled(now, id, on)), [])
  const toggleOpen = useCallback((id: string) => setOpen((now) => toggled(now, id)), [])
  const sort = (key: SortKey): void =>
    setShown((now) => ({ ...now, sort: key, descending: now.sort === key && !now.descending }))

  const reorder = useReorder(list, shown.sort === 'priority' && !shown.descending)
  const withRow = (run: (id: string) => void) => (): void => {
    const id = rowInFocus()
    if (id != null) run(id)
  }
  useShortcuts([
    { keys: '/', does: 'filter the projects', run: () => filterBox.current?.focus() },
    { keys: 'j', does: 'next project', run: () => moveFocus(1) },
    { keys: 'k', does: 'previous project', run: () => moveFocus(-1) },
    { keys: 'J', does: 'move the project down the queue', run: withRow((id) => reorder.step(id, 1)) },
    { keys: 'K', does: 'move the project up the queue', run: withRow((id) => reorder.step(id, -1)) },
    { keys: 'x', does: 'select the project', run: withRow((id) => setSelected((now) => toggled(now, id))) },
    { keys: 'e', does: 'open or close the project’s details', run: withRow(toggleOpen) },
    { keys: 'p', does: 'change the project’s priority', run: withRow((id) => focusRow(id, '.priority')) },
    {
      keys: 'd',
      does: 'delete the selected projects, or the one in focus',
      run: () => {
        if (!mayChange.value) return
        const id = rowInFocus()
        deleteLater(chosen.length > 0 ? chosen : list.filter(({ projectId }) => projectId === id))
        setSelected(new Set())
      }
    }
  ])

  return (
    <section aria-labelledby="projects-title">
      <div class="page-head">
        <h1 id="projects-title">Projects</h1>
        <FilterBar shown={shown} onChange={setShown} box={filterBox} count={list.length} total={all.length} />
        <label class="check">
          <input
            type="checkbox"
            checked={isGrouped.value}
            onChange={({ currentTarget }) => group(currentTarget.checked)}
          />{' '}
          Group seasons
        </label>
        <ColumnChooser />
        <button type="button" class="primary" disabled={!mayChange.value} onClick={() => openSubmit()}>
          Submit a film
        </button>
      </div>
      <ReadOnlyNote />
      {chosen.length > 0 && <BulkBar projects={chosen} onClear={() => setSelected(new Set())} />}
      {list.length > 0 ? (
        <ProjectTable
          projects={list}
          selected={selected}
          open={open}
          shown={shown}
          grouped={isGrouped.value}
          reorder={reorder}
          onSort={sort}
          onSelect={select}
          onOpen={toggleOpen}
          onSelectAll={(on) => setSelected(on ? new Set(list.map(({ projectId }) => projectId)) : new Set())}
        />
      ) : (
        <Empty total={all.length} />
      )}
    </section>
  )
}

function Empty({ total }: { readonly total: number }) {
  if (total > 0) return <p class="empty">No projects match the filter.</p>
  if (connection.value.status !== 'live') return null
  return <p class="empty">No projects yet. Press n, or “Submit a film”, to encode the first.</p>
}
