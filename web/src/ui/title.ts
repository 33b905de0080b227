import { effect } from '@preact/signals'
import { route } from '../router.ts'
import { connection, projects } from '../store.ts'
import { titleOf } from './page-title.ts'

/** Has the title of the page say how far things are. */
export function keepTitle(): void {
  effect(() => {
    const at = route.value
    const shown = at.page === 'project' ? projects.value.get(at.projectId) : undefined
    document.title = titleOf(shown, [...projects.value.values()], connection.value.status === 'lost')
  })
}
