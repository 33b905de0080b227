import { bytes, duration, percent, sceneName } from '../format.ts'
import { linkTo } from '../router.ts'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'
import { actionOf, cancel } from './commands.ts'
import { deleteLater } from './deletion.ts'
import { ProjectFacts } from './project-facts.tsx'
import { IdleNotes } from './idle-notes.tsx'
import { Waiting } from './waiting.tsx'
import { Warnings } from './warnings.tsx'
import type { Estimate, ProjectStatus } from '../../../src/api/schemas/index.ts'

const FAILURES_MAX = 20

function between(estimate: Estimate, text: (value: number) => string): string {
  const { likely, low, high } = estimate
  return low === high ? `about ${text(likely)}` : `about ${text(likely)} (${text(low)} to ${text(high)})`
}

function Sample({ sample }: { readonly sample: NonNullable<ProjectStatus['sample']> }) {
  const share = sample.scenes.reduce((sum, { frames }) => sum + frames, 0) / Math.max(1, sample.filmFrames)
  return (
    <p>
      A sample: {sample.scenes.length} of {sample.filmScenes} scenes, {percent(share)} of the film.
      {sample.bytes != null && ` The whole film’s video would be ${between(sample.bytes, bytes)}`}
      {sample.encodeSeconds != null && ` and take ${between(sample.encodeSeconds, duration)} of one slot’s time`}
      {sample.bytes != null && '.'}
    </p>
  )
}

function Failures({ project: { projectId, failures } }: { readonly project: ProjectStatus }) {
  return (
    <>
      <h3>Failed scenes</h3>
      <ul>
        {failures.slice(0, FAILURES_MAX).map(({ scene, attempts, reason }) => (
          <li key={scene}>
            <a href={linkTo({ page: 'project', projectId, scene })}>{sceneName(scene)}</a>, tried{' '}
            {attempts === 1 ? 'once' : `${attempts} times`}: {reason}
          </li>
        ))}
        {failures.length > FAILURES_MAX && <li>and {failures.length - FAILURES_MAX} more</li>}
      </ul>
    </>
  )
}

/** What of a project does not stand in its line, and what can be done with it. */
export function ProjectDetails({ project }: { readonly project: ProjectStatus }) {
  const { projectId, title, state, stale, reason, warnings, failures, sample, endedAtMs } = project
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
          {state === 'failed' ? 'It failed' : 'Why'}: {reason}
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
      {failures.length > 0 && <Failures project={project} />}
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
