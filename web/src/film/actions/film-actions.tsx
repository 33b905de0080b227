import { base } from '../../api.ts'
import { cancel, retry } from '../../projects/commands.ts'
import { deleteLater } from '../../projects/deletion.ts'
import { PriorityBox } from '../../projects/priority-box.tsx'
import { goTo } from '../../router.ts'
import { mayChange } from '../../session/session.ts'
import { toastError } from '../../ui/toasts.tsx'
import { runAgain } from './run-again.ts'
import type { ProjectStatus } from '../../../../src/api/schemas/index.ts'

interface Button {
  readonly name: string
  readonly run: () => Promise<void>
  /** What the page says where it does not work. */
  readonly failed: string
  readonly isShown: boolean
}

/** What can be done with a film, on its page. */
export function FilmActions({ project }: { readonly project: ProjectStatus }) {
  const { projectId, title, state, own, priority, endedAtMs, failures } = project
  const goesOn = endedAtMs == null
  const hasFailures = goesOn && project.scenes.failed > 0
  const buttons: readonly Button[] = [
    {
      name: failures.length === 1 ? 'Retry the failed scene' : 'Retry the failed scenes',
      run: async () => retry(projectId),
      failed: 'The scenes were not retried',
      isShown: hasFailures
    },
    {
      name: 'Submit with other parameters',
      run: async () => runAgain(project),
      failed: `The parameters of ${title} could not be loaded`,
      isShown: own
    },
    {
      name: 'Cancel the project',
      run: async () => cancel(projectId),
      failed: `${title} was not cancelled`,
      isShown: goesOn
    }
  ]
  const remove = (): void => {
    deleteLater([project])
    goTo({ page: 'projects' })
  }
  return (
    <div class="film-actions" role="group" aria-label={`Actions for ${title}`}>
      {state === 'completed' && (
        <a class="button primary" href={new URL(`completed/${encodeURIComponent(projectId)}`, base).href} download>
          Download
        </a>
      )}
      <a
        class="button"
        href={new URL(`report/${encodeURIComponent(projectId)}`, base).href}
        target="_blank"
        rel="noopener"
      >
        Report
      </a>
      {buttons.map(
        ({ name, run, failed, isShown }) =>
          isShown && (
            <button
              key={name}
              type="button"
              disabled={!mayChange.value}
              onClick={() => void run().catch((error: unknown) => toastError(failed, error))}
            >
              {name}
            </button>
          )
      )}
      <button type="button" class="danger" disabled={!mayChange.value} onClick={remove}>
        Delete
      </button>
      {goesOn && (
        <span>
          Priority <PriorityBox projectId={projectId} title={title} priority={priority} isOver={false} />
        </span>
      )}
    </div>
  )
}
