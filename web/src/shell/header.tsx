import { linkTo, route } from '../router.ts'
import { access, mayChange, signOut } from '../session/session.ts'
import { NotifyButton } from '../ui/notify.tsx'
import { ShortcutsButton } from '../ui/shortcuts.tsx'
import { ThemeSwitch } from '../ui/theme.tsx'
import { ViewStatus } from './view-status.tsx'

export const PAGES = [
  { page: 'projects', name: 'Projects', keys: 'g p' },
  { page: 'swarm', name: 'Swarm', keys: 'g s' },
  { page: 'charts', name: 'Charts', keys: 'g c' },
  { page: 'logs', name: 'Logs', keys: 'g l' },
  { page: 'settings', name: 'Settings', keys: 'g e' }
] as const

function isCurrent(page: (typeof PAGES)[number]['page']): boolean {
  return route.value.page === page || (page === 'projects' && route.value.page === 'project')
}

export function Header() {
  return (
    <header class="bar">
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to the content
      </a>
      <a class="brand" href={linkTo({ page: 'projects' })}>
        grav1
      </a>
      <nav aria-label="Pages">
        {PAGES.map(({ page, name }) => (
          <a key={page} href={linkTo({ page })} aria-current={isCurrent(page) ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <ViewStatus />
      <div class="tools">
        {access.value === 'read' && <span class="badge">read only</span>}
        <NotifyButton />
        <ThemeSwitch />
        <ShortcutsButton />
        {(access.value === 'full' || access.value === 'read') && (
          <button type="button" class="quiet" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </div>
    </header>
  )
}

/** The address keeps its place in the client, which a jump to a part of the page would replace. */
function focusMain(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}

/** Says once what a read-only token means, where it matters. */
export function ReadOnlyNote() {
  return mayChange.value || access.value === 'unknown' ? null : (
    <p class="note">This browser signed in with a read-only token, so you cannot change anything here.</p>
  )
}
