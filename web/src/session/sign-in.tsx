import { useState } from 'preact/hooks'
import { sentenceOf } from '../ui/toasts.tsx'
import { signIn } from './session.ts'

/** Shown instead of the pages where the node asks for a token. */
export function SignIn() {
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form).get('token')
    const token = typeof given === 'string' ? given.trim() : ''
    setBusy(true)
    setReason('')
    try {
      await signIn(token)
    } catch (error) {
      setReason(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <section class="sign-in" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">Sign in with the node’s token</h1>
      <p>
        It is in the file <code>api-token</code> in the node’s data folder, on Linux usually{' '}
        <code>~/.local/share/grav1/api-token</code>. With a read-only token you can look but not change anything.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit(event.currentTarget)
        }}
      >
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-describedby="token-reason"
          aria-invalid={reason !== ''}
        />
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
        <p id="token-reason" class="reason" role="alert">
          {reason}
        </p>
      </form>
    </section>
  )
}
