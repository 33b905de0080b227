import { useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { access } from '../session/session.ts'
import { node } from '../store.ts'
import { toastError } from '../ui/toasts.tsx'
import type { JoinRequestStatus } from '../../../src/api/schemas/index.ts'

type Answer = 'accept' | 'refuse'

const WORDS: Readonly<Record<Answer, string>> = { accept: 'Accept', refuse: 'Refuse' }

async function send(id: string, answer: Answer): Promise<void> {
  const response = await api['join-requests'][':id'].$put({ param: { id }, json: { answer } })
  // Done is an answer without a body.
  if (!response.ok) await answerOf(response)
}

function AnswerButton({
  request: { id, name },
  answer
}: {
  readonly request: JoinRequestStatus
  readonly answer: Answer
}) {
  const [isBusy, setBusy] = useState(false)
  const run = (): void => {
    setBusy(true)
    send(id, answer)
      .catch((error: unknown) => toastError('The answer was not sent', error))
      .finally(() => setBusy(false))
  }
  return (
    <button
      type="button"
      disabled={isBusy || access.value !== 'full'}
      aria-label={`${WORDS[answer]} ${name}`}
      onClick={run}
    >
      {WORDS[answer]}
    </button>
  )
}

/** Machines that have an invitation and wait for the user's word. Empty while there is none. */
export function JoinRequests() {
  const requests = node.value?.joinRequests ?? []
  if (requests.length === 0) return null
  return (
    <section class="panel" aria-labelledby="joins-title">
      <h2 id="joins-title">Machines that want to join</h2>
      <p class="sub">A machine that you accept gets the swarm key, and with it the rights of every member.</p>
      {access.value !== 'full' && (
        <p>
          To answer, sign in with the full token; <code>grav1 open</code> does it for you.
        </p>
      )}
      <ul class="plain peers">
        {requests.map((request) => (
          <li key={request.id}>
            <p>
              <b>{request.name === '' ? 'A machine without a name' : request.name}</b> wants to join
              {request.inviteName === '' ? '' : `, with the invitation for ${request.inviteName}`}
            </p>
            <p class="sub">
              <code>{request.peerId}</code>
            </p>
            <div class="actions">
              <AnswerButton request={request} answer="accept" />
              <AnswerButton request={request} answer="refuse" />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
