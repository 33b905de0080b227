import { toastError } from '../ui/toasts.tsx'
import { askAccess, signIn, takeTokenFromAddress } from './session.ts'

async function useTokenOfAddress(): Promise<boolean> {
  const token = takeTokenFromAddress()
  if (token == null) return false
  try {
    await signIn(token)
    return true
  } catch (error) {
    toastError('The node did not accept the token in the address', error)
    return false
  }
}

/** Signs in with the token of the address, where it has one, or asks what this browser may. Never throws. */
export async function beginSession(): Promise<void> {
  addEventListener('hashchange', () => void useTokenOfAddress())
  // A node that does not answer is waited for by the events.
  if (!(await useTokenOfAddress())) await askAccess().catch(() => {})
}
