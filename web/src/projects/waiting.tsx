import { useEffect, useState } from 'preact/hooks'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'
import { actionOf, retry } from './commands.ts'
import { OutputForm } from './output-form.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** What can be done about a project that waits. It stays while it is tried again, so that nobody loses what he types. */
export function Waiting({ project }: { readonly project: ProjectStatus }) {
  const { projectId, title, state, endedAtMs } = project
  const [hasWaited, setHasWaited] = useState(state === 'waiting')
  useEffect(() => {
    if (state === 'waiting') setHasWaited(true)
  }, [state])
  if (!hasWaited || endedAtMs != null) return null
  const again = async (): Promise<void> => {
    try {
      await retry(projectId)
    } catch (error) {
      toastError(`${title} was not tried again`, error)
    }
  }
  return (
    <section class="waiting" aria-label={`What ${title} waits for`}>
      <p>
        Fix the problem, and the project continues by itself. Nothing is lost meanwhile.{' '}
        <button type="button" disabled={!mayChange.value || state !== 'waiting'} onClick={() => void again()}>
          Try again now
        </button>
        <CopyAs what={`retry ${title}`} action={actionOf.retry(projectId)} />
      </p>
      <OutputForm project={project} />
    </section>
  )
}
