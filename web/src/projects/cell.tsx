import { day, fps, sharePercent } from '../format.ts'
import { Thumb } from '../film/thumb.tsx'
import { plainSentence } from '../ui/sentence.tsx'
import { PriorityBox } from './priority-box.tsx'
import { framesText, leftText, sizeText } from './progress.ts'
import { StateMark } from './state-mark.tsx'
import type { ColumnKey } from './columns.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** What a column of the list says of a project. */
export function Cell({ column, project }: { readonly column: ColumnKey; readonly project: ProjectStatus }) {
  const { projectId, title, state, stale, idle, endedAtMs } = project
  switch (column) {
    case 'picture':
      return (
        <td class="picture">{project.picture != null && <Thumb projectId={projectId} scene={project.picture} />}</td>
      )
    case 'encoder':
      return <td class="encoder">{project.encoder}</td>
    case 'state':
      return (
        <td class="what">
          <StateMark state={state} stale={stale} />
          {/* That this node only watches is no news of a film. */}
          {idle != null && idle.code !== 'no-slots' && (
            <span class="badge idle" title={plainSentence(idle.reason)}>
              idle here
            </span>
          )}
        </td>
      )
    case 'progress':
      return (
        <td class="progress">
          <progress max={1} value={project.share} aria-label={`Progress of ${title}`} />
          <span>
            {sharePercent(project.share)} <span class="sub">{framesText(project)}</span>
          </span>
        </td>
      )
    case 'fps':
      return <td class="rate">{project.fps > 0 ? fps(project.fps) : ''}</td>
    case 'left':
      return <td class="left">{leftText(project)}</td>
    case 'size':
      return <td class="size">{sizeText(project)}</td>
    case 'picture-size':
      return <td class="resolution">{project.width > 0 ? `${project.width}×${project.height}` : ''}</td>
    case 'added':
      return <td class="added">{day(project.createdAtMs)}</td>
    case 'priority':
      return (
        <td class="prio">
          <PriorityBox projectId={projectId} title={title} priority={project.priority} isOver={endedAtMs != null} />
        </td>
      )
    default:
      return column satisfies never
  }
}
