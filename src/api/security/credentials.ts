import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { getCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'

/** What a caller may do: `full` everything, `read` only read, `local` everything that needs no token on this machine. */
export type Access = 'full' | 'read' | 'local'

/** The caller, and how it is known. */
export interface Caller {
  readonly access: Access
  readonly via: 'token' | 'cookie' | 'address'
  /** When the cookie ends. */
  readonly expiresAtMs: number | null
}

export interface CredentialsInit {
  readonly token: string
  /** May only read. */
  readonly readToken?: string | undefined
  /** Differs from node to node: browsers send cookies to all ports of a host. */
  readonly cookieName: string
  readonly secure: boolean
  readonly now: () => number
}

const COOKIE_MS = 30 * 24 * 3_600_000

export interface Credentials {
  /** Undefined for a wrong token. */
  ofToken: (token: string) => Caller | undefined
  /** Undefined if there is no valid cookie. */
  ofCookie: (c: Context) => Caller | undefined
  setCookie: (c: Context, access: Exclude<Access, 'local'>) => Caller
  clearCookie: (c: Context) => void
}

/** The two tokens, and cookies that stand for them: signed with the token, so that they end with it. */
export function createCredentials({ token, readToken, cookieName, secure, now }: CredentialsInit): Credentials {
  const attributes = { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const
  const keys = { full: token, read: readToken } as const
  const sign = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

  return {
    ofToken: (given) => {
      const isFull = equals(given, token)
      const isRead = readToken != null && equals(given, readToken)
      if (!isFull && !isRead) return undefined
      return { access: isFull ? 'full' : 'read', via: 'token', expiresAtMs: null }
    },
    ofCookie: (c) => {
      const value = getCookie(c, cookieName)
      const match = /^(?<text>(?<access>full|read)\.(?<until>\d{1,16})\.[\w-]{1,40})\.(?<signature>[\w-]{43})$/.exec(
        value ?? ''
      )?.groups
      const access = match?.['access'] === 'full' ? 'full' : 'read'
      const key = keys[access]
      const expiresAtMs = Number(match?.['until'])
      if (match == null || key == null || !(expiresAtMs > now())) return undefined
      if (!equals(match['signature'] ?? '', sign(key, match['text'] ?? ''))) return undefined
      return { access, via: 'cookie', expiresAtMs }
    },
    setCookie: (c, access) => {
      const expiresAtMs = now() + COOKIE_MS
      const text = `${access}.${expiresAtMs}.${randomBytes(12).toString('base64url')}`
      const value = `${text}.${sign(keys[access] ?? token, text)}`
      setCookie(c, cookieName, value, { ...attributes, maxAge: COOKIE_MS / 1000 })
      return { access, via: 'cookie', expiresAtMs }
    },
    clearCookie: (c) => setCookie(c, cookieName, '', { ...attributes, maxAge: 0 })
  }
}

/** In constant time. */
function equals(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
