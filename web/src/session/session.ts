import { computed, signal } from '@preact/signals'
import { base, NodeRefusal, tokenAsked } from '../api.ts'

/** What this browser may at the node. `local`: everything, being on its machine; `none`: it has to sign in first. */
export type Access = 'unknown' | 'none' | 'read' | 'full' | 'local'

export const access = signal<Access>('unknown')

/** Controls that change something are shown, but disabled, where this is false. */
export const mayChange = computed(() => access.value === 'full' || access.value === 'local')

tokenAsked.subscribe((times) => {
  if (times > 0) access.value = 'none'
})

const url = new URL('api/v2/session', base)

const PROBE_MS = 8000

async function ask(init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(PROBE_MS) })
}

async function take(response: Response): Promise<void> {
  const body = (await response.json().catch(() => ({}))) as {
    access?: Access
    code?: string
    detail?: string
    reason?: string
  }
  if (response.ok && body.access != null) {
    access.value = body.access
    return
  }
  if (response.status === 401) access.value = 'none'
  throw new NodeRefusal({
    code: body.code ?? `http-${response.status}`,
    detail: body.detail ?? body.reason ?? `The node answered ${response.status}.`
  })
}

/** Asks the node what this browser may. @throws where it does not answer, or asks for a token (`access` is `none` then) */
export async function askAccess(): Promise<void> {
  await take(await ask({}))
}

/** Exchanges a token for a cookie that the page itself cannot read. @throws NodeRefusal when it is the wrong one */
export async function signIn(token: string): Promise<void> {
  await take(await ask({ method: 'POST', headers: { authorization: `Bearer ${token}` } }))
}

/** Gives the cookie back. */
export async function signOut(): Promise<void> {
  await ask({ method: 'DELETE' })
  await askAccess().catch(() => {})
}

/** Takes the token out of an address as the node prints it, and out of the browser's history. */
export function takeTokenFromAddress(): string | undefined {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1]
  if (token == null) return undefined
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return token
}
