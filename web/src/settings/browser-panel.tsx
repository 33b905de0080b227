import { access } from '../session/session.ts'
import { NotifyButton } from '../ui/notify.tsx'
import { ThemeSwitch } from '../ui/theme.tsx'
import type { Access } from '../session/session.ts'

const MAY: Readonly<Record<Access, string>> = {
  unknown: 'Asking the node what this browser may do.',
  none: 'This browser must sign in with a token.',
  read: 'This browser signed in with the read-only token: it can view everything and change nothing.',
  full: 'This browser signed in with the full token: it may do everything.',
  local: 'This browser is on the node’s machine: it may do everything without a token, with films in the media folders.'
}

/** What this browser may do, and how it shows things. */
export function BrowserPanel() {
  return (
    <section class="panel" aria-labelledby="browser-title">
      <h2 id="browser-title">This browser</h2>
      <p>{MAY[access.value]}</p>
      <p class="sub">
        The tokens are in the files <code>api-token</code> and <code>api-token-read</code> in the node’s data folder.
        Delete a file and restart the node for a new token; browsers that used the old one must sign in again.
      </p>
      <div class="actions">
        <ThemeSwitch />
        <NotifyButton />
      </div>
    </section>
  )
}
