import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { Sentence } from '../ui/sentence.tsx'
import { toastError } from '../ui/toasts.tsx'
import { actionOf, cancel } from './commands.ts'
import { deleteLater } from './deletion.ts'
import { Failures } from './failures.tsx'
import { ProjectFacts } from './project-facts.tsx'
import { IdleNotes } from './idle-notes.tsx'
import { Sample } from './sample.tsx'
import { Waiting } from './waiting.tsx'
import { Warnings } from './warnings.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** What of a project does not stand in its line, and what can be done with it. */
export function ProjectDetails({ project }: { readonly project: ProjectStatus }) {
  const { projectId, title, state, stale, reason, warnings, sample, endedAtMs } = project
  const stop = async (): Promise<void> => {
    try {
      await cancel(projectId)
    } catch (error) {
      toastError(`${title} was not cancelled`, error)
    }
  }
  return (
    <div class="project-details">
      {reason !== '' && (
        <p class="reason">
          {state === 'failed' ? 'It failed' : 'Reason'}: <Sentence text={reason} />
        </p>
      )}
      {stale && (
        <p class="note">
          This node knew more about this project before it restarted. It is asking its neighbours for the rest; until
          then, this may be out of date.
        </p>
      )}
      <Waiting project={project} />
      <IdleNotes project={project} />
      <Warnings warnings={warnings} />
      {sample != null && <Sample sample={sample} />}
      <ProjectFacts project={project} />
      <Failures project={project} />
      <ul class="actions" aria-label={`Actions for ${title}`}>
        {endedAtMs == null && (
          <li>
            <button type="button" disabled={!mayChange.value} onClick={() => void stop()}>
              Cancel the project
            </button>
            <CopyAs what={`cancel ${title}`} action={actionOf.cancel(projectId)} />
          </li>
        )}
        <li>
          <button type="button" class="danger" disabled={!mayChange.value} onClick={() => deleteLater([project])}>
            Delete
          </button>
          <CopyAs what={`delete ${title}`} action={actionOf.remove(projectId)} />
        </li>
        {endedAtMs == null && (
          <li>
            Priority {project.priority}
            <CopyAs what={`priority of ${title}`} action={actionOf.setPriority(projectId, project.priority)} />
          </li>
        )}
        <li>
          As JSON
          <CopyAs what={`show ${title}`} action={actionOf.show(projectId)} />
        </li>
      </ul>
    </div>
  )
}
