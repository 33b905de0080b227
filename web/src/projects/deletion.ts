import { signal } from '@preact/signals'
import { plural } from '../format.ts'
import { sentenceOf, toast } from '../ui/toasts.tsx'
import { remove } from './commands.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

const UNDO_MS = 6000

/** Projects that are about to be deleted: no list shows them. */
export const leaving = signal<ReadonlySet<string>>(new Set())

interface Pending {
  readonly projects: readonly Pick<ProjectStatus, 'projectId' | 'title'>[]
  readonly timer: number
}

const pending = new Set<Pending>()

function showAgain(ids: readonly string[]): void {
  leaving.value = new Set([...leaving.value].filter((id) => !ids.includes(id)))
}

async function send(deletion: Pending, keepalive: boolean): Promise<void> {
  if (!pending.delete(deletion)) return
  clearTimeout(deletion.timer)
  const failed: string[] = []
  // All at once: a page that is closed runs nothing after this.
  await Promise.all(
    deletion.projects.map(async ({ projectId, title }) => {
      try {
        await remove(projectId, keepalive)
      } catch (error) {
        failed.push(`${title}: ${sentenceOf(error)}`)
        showAgain([projectId])
      }
    })
  )
  if (failed.length > 0) toast({ kind: 'error', text: `Not deleted: ${failed.join(' ')}` })
}

/** Deletes projects unless that is taken back in time. A page that is closed first sends it at once, since nobody can take it back any more. */
export function deleteLater(projects: readonly Pick<ProjectStatus, 'projectId' | 'title'>[]): void {
  const [first] = projects
  if (first == null) return
  const ids = projects.map(({ projectId }) => projectId)
  leaving.value = new Set([...leaving.value, ...ids])
  const closeToast = toast({
    text: `${projects.length === 1 ? first.title : plural(projects.length, 'project')} will be deleted. Sources and finished files stay.`,
    lastsMs: UNDO_MS,
    action: {
      label: 'Undo',
      run: () => {
        clearTimeout(deletion.timer)
        if (pending.delete(deletion)) showAgain(ids)
      }
    }
  })
  const deletion: Pending = {
    projects,
    timer: window.setTimeout(() => {
      closeToast()
      void send(deletion, false)
    }, UNDO_MS)
  }
  pending.add(deletion)
}

addEventListener('pagehide', () => {
  for (const deletion of pending) void send(deletion, true)
})
