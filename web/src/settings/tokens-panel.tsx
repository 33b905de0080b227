import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { dateTime } from '../format.ts'
import { access } from '../session/session.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { toastError } from '../ui/toasts.tsx'
import type { MadeToken, TokenInfo } from '../../../src/api/schemas/index.ts'

interface RowProps {
  readonly token: TokenInfo
  readonly onRevoke: () => void
}

function Row({ token: { name, access: may, createdAtMs, usedAtMs }, onRevoke }: RowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{may === 'read' ? 'read-only' : 'full'}</td>
      <td>{dateTime(createdAtMs)}</td>
      <td>{usedAtMs == null ? 'never' : dateTime(usedAtMs)}</td>
      <td>
        <button type="button" aria-label={`Revoke ${name}`} onClick={onRevoke}>
          Revoke
        </button>
      </td>
    </tr>
  )
}

function Made({ made: { name, token } }: { readonly made: MadeToken }) {
  return (
    <p role="status">
      The token “{name}”, shown only this once: <code class="token">{token}</code>{' '}
      <CopyButton text={token} what="the token" />
    </p>
  )
}

interface FormProps {
  readonly onMake: (name: string, isReadOnly: boolean) => Promise<void>
}

function NewToken({ onMake }: FormProps) {
  const [name, setName] = useState('')
  const [isReadOnly, setReadOnly] = useState(false)
  const submit = (event: Event): void => {
    event.preventDefault()
    onMake(name, isReadOnly).then(
      () => setName(''),
      (error: unknown) => toastError('The token could not be created', error)
    )
  }
  return (
    <form class="actions" onSubmit={submit}>
      <label>
        Name of a new token{' '}
        <input
          required
          maxLength={64}
          value={name}
          placeholder="whose it is, or what for"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        <input type="checkbox" checked={isReadOnly} onChange={(event) => setReadOnly(event.currentTarget.checked)} />{' '}
        read-only
      </label>
      <button type="submit">Create the token</button>
    </form>
  )
}

/** Tokens that were made while the node ran, each of which can be revoked alone. */
export function TokensPanel() {
  const [tokens, setTokens] = useState<readonly TokenInfo[]>([])
  const [made, setMade] = useState<MadeToken>()
  const isFull = access.value === 'full'
  const load = async (): Promise<void> => setTokens(await answerOf(await api.tokens.$get()))
  const show = (task: Promise<void>, what: string): void => void task.catch((error: unknown) => toastError(what, error))
  useEffect(() => {
    if (isFull) show(load(), 'The tokens could not be loaded')
  }, [isFull])
  const make = async (name: string, isReadOnly: boolean): Promise<void> => {
    setMade(await answerOf(await api.tokens.$post({ json: { name, access: isReadOnly ? 'read' : 'full' } })))
    await load()
  }
  const revoke = async (id: string): Promise<void> => {
    const answer = await api.tokens[':id'].$delete({ param: { id } })
    // Done is an answer without a body.
    if (!answer.ok) await answerOf(answer)
    if (made?.id === id) setMade(undefined)
    await load()
  }
  return (
    <section class="panel" aria-labelledby="tokens-title">
      <h2 id="tokens-title">Access tokens</h2>
      {!isFull && (
        <p>
          To manage tokens, sign in with the full token; <code>grav1 open</code> does it for you.
        </p>
      )}
      {tokens.length > 0 && (
        <table class="makers">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Access</th>
              <th scope="col">Created</th>
              <th scope="col">Last used</th>
              <th scope="col">
                <span class="sr-only">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => (
              <Row
                key={token.id}
                token={token}
                onRevoke={() => show(revoke(token.id), 'The token could not be revoked')}
              />
            ))}
          </tbody>
        </table>
      )}
      {made != null && <Made made={made} />}
      {isFull && <NewToken onMake={make} />}
      <p class="sub">
        The node keeps only hashes of these tokens. Revoking a token also signs out the browsers that used it.
      </p>
    </section>
  )
}
