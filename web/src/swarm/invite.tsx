import { useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { dateTime, plural } from '../format.ts'
import { linkTo } from '../router.ts'
import { access } from '../session/session.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { toastError } from '../ui/toasts.tsx'
import type { MadeInvite } from '../../../src/api/schemas/index.ts'

const isLoopback = (host: string): boolean => /^(?:localhost|127\.|\[::1\])/.test(host)

/** What a phone can open: this client, where it is reached by an address that others have too; otherwise the text itself. */
function forCamera(text: string): string {
  if (isLoopback(location.hostname)) return text
  return new URL(linkTo({ page: 'join', text }), location.href).href
}

function Made({ made: { text, expiresAtMs, invite } }: { readonly made: MadeInvite }) {
  const command = `grav1 join ${text}`
  return (
    <div role="status">
      <p>
        Run this on the other machine, until {dateTime(expiresAtMs)}.{' '}
        {invite === null
          ? 'It contains only addresses: this swarm is open.'
          : `It lets in ${plural(invite.uses, 'machine')}${invite.ask ? ', each after you accept it in the settings' : ''}, and is shown only once.`}
      </p>
      <div class="command">
        <code>{command}</code>
        <CopyButton text={command} what="the command" />
      </div>
      <QrCode text={forCamera(text)} what="The invitation" />
    </div>
  )
}

function Buttons({ onMade }: { readonly onMade: (made: MadeInvite) => void }) {
  const [isBusy, setBusy] = useState(false)
  const [asks, setAsks] = useState(false)
  const make = async (): Promise<MadeInvite> =>
    answerOf(await api.invites.$post({ json: { expiresInMs: 86_400_000, ask: asks, name: '' } }))
  const run = (): void => {
    setBusy(true)
    make()
      .then(onMade, (error: unknown) => toastError('The invitation could not be created', error))
      .finally(() => setBusy(false))
  }
  return (
    <div class="actions">
      <button type="button" disabled={isBusy} onClick={run}>
        Make an invitation
      </button>
      <label>
        <input type="checkbox" checked={asks} onChange={(event) => setAsks(event.currentTarget.checked)} /> ask me
        before a machine joins
      </label>
    </div>
  )
}

/** One line that lets another machine join. */
export function Invite({ address }: { readonly address: string }) {
  const [made, setMade] = useState<MadeInvite>()
  const isFull = access.value === 'full'
  return (
    <section class="panel invite" aria-labelledby="invite-title">
      <h2 id="invite-title">Invite another machine</h2>
      {address === '' && (
        <p>
          Other machines cannot reach this node: it listens on no address. Start it with <code>--listen</code>.
        </p>
      )}
      {address !== '' && !isFull && (
        <p>
          Run <code>grav1 invite</code> on this machine, or sign in with the full token; <code>grav1 open</code> does it
          for you.
        </p>
      )}
      {address !== '' && isFull && <Buttons onMade={setMade} />}
      {made != null && <Made made={made} />}
    </section>
  )
}
