import { fps, sharePercent } from '../format.ts'
import { linkTo } from '../router.ts'
import { memo } from '../ui/memo.ts'
import { PriorityBox } from './priority-box.tsx'
import { framesText, leftText, shareOf, sizeText } from './progress.ts'
import { ProjectDetails } from './project-details.tsx'
import { StateMark } from './state-mark.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface ProjectRowProps {
  readonly project: ProjectStatus
  readonly selected: boolean
  readonly open: boolean
  readonly onSelect: (id: string, selected: boolean) => void
  readonly onOpen: (id: string) => void
}

export const COLUMNS = 9

/** A line of the list and, where it is open, what else is to know. */
export const ProjectRow = memo(({ project, selected, open, onSelect, onOpen }: ProjectRowProps) => {
  const { projectId, title, state, stale, idle, endedAtMs } = project
  const share = shareOf(project)
  return (
    <>
      <tr class={`project ${state}${selected ? ' selected' : ''}`} data-id={projectId}>
        <td class="pick">
          <input
            type="checkbox"
            aria-label={`Select ${title}`}
            checked={selected}
            onChange={({ currentTarget }) => onSelect(projectId, currentTarget.checked)}
          />
        </td>
        <th scope="row" class="name">
          <a href={linkTo({ page: 'project', projectId, scene: undefined })}>{title}</a>
        </th>
        <td class="what">
          <StateMark state={state} stale={stale} />
          {/* That this node only watches is no news of a film. */}
          {idle != null && idle.code !== 'no-slots' && (
            <span class="badge idle" title={idle.reason}>
              not here
            </span>
          )}
        </td>
        <td class="progress">
          <progress max={1} value={share} aria-label={`Progress of ${title}`} />
          <span>
            {sharePercent(share)} <span class="sub">{framesText(project)}</span>
          </span>
        </td>
        <td class="rate">{project.fps > 0 ? fps(project.fps) : ''}</td>
        <td class="left">{leftText(project)}</td>
        <td class="size">{sizeText(project)}</td>
        <td class="prio">
          <PriorityBox projectId={projectId} title={title} priority={project.priority} isOver={endedAtMs != null} />
        </td>
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
          <td colSpan={COLUMNS}>
            <ProjectDetails project={project} />
          </td>
        </tr>
      )}
    </>
  )
})
