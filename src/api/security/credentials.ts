import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { getCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import type { TokensPort } from '../ports.ts'

/** Tokens that were made while the node ran. */
export type KnownTokens = Pick<TokensPort, 'find' | 'of'>

/** What a caller may do: `full` everything, `read` only read, `local` everything that needs no token on this machine. */
export type Access = 'full' | 'read' | 'local'

/** The caller, and how it is known. */
export interface Caller {
  readonly access: Access
  readonly via: 'token' | 'cookie' | 'address'
  /** When the cookie ends. */
  readonly expiresAtMs: number | null
  /** Id of the token that was made while the node ran; undefined for those of the data folder. */
  readonly tokenId?: string | undefined
}

export interface CredentialsInit {
  readonly token: string
  /** May only read. */
  readonly readToken?: string | undefined
  readonly tokens?: KnownTokens | undefined
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
  /** @param caller who gave a token */
  setCookie: (c: Context, caller: Pick<Caller, 'tokenId'> & { readonly access: Exclude<Access, 'local'> }) => Caller
  clearCookie: (c: Context) => void
}

/** `<access>.<until>.<random>.<id of a made token, or nothing>.<signature>` */
const COOKIE =
  /^(?<text>(?<access>full|read)\.(?<until>\d{1,16})\.[\w-]{1,40}\.(?<id>[0-9a-f]{0,32}))\.(?<signature>[\w-]{43})$/

/** The two tokens of the data folder and those that were made, and cookies that stand for them: signed with a token of the data folder, so that they end with it. */
export function createCredentials(init: CredentialsInit): Credentials {
  const { token, readToken, tokens, cookieName, secure, now } = init
  const attributes = { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const
  const keys = { full: token, read: readToken } as const
  const sign = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  // Of a made token only a hash is there, which may lie in a backup: it must open nothing.
  const keyOf = (access: 'full' | 'read', tokenId: string): string | undefined =>
    tokenId === '' ? keys[access] : token

  /** Whether the token that a cookie stands for is there, with the same access. */
  const isThere = (access: 'full' | 'read', tokenId: string): boolean =>
    tokenId === '' || tokens?.of(tokenId)?.access === access

  return {
    ofToken: (given) => {
      const isFull = equals(given, token)
      const isRead = readToken != null && equals(given, readToken)
      if (isFull || isRead) return { access: isFull ? 'full' : 'read', via: 'token', expiresAtMs: null }
      const made = tokens?.find(given)
      return made && { access: made.access, via: 'token', expiresAtMs: null, tokenId: made.id }
    },
    ofCookie: (c) => {
      const match = COOKIE.exec(getCookie(c, cookieName) ?? '')?.groups
      const access = match?.['access'] === 'full' ? 'full' : 'read'
      const tokenId = match?.['id'] ?? ''
      const key = keyOf(access, tokenId)
      const expiresAtMs = Number(match?.['until'])
      if (match == null || key == null || !(expiresAtMs > now())) return undefined
      if (!equals(match['signature'] ?? '', sign(key, match['text'] ?? ''))) return undefined
      if (!isThere(access, tokenId)) return undefined
      return { access, via: 'cookie', expiresAtMs, ...(tokenId !== '' && { tokenId }) }
    },
    setCookie: (c, { access, tokenId = '' }) => {
      const expiresAtMs = now() + COOKIE_MS
      const text = `${access}.${expiresAtMs}.${randomBytes(12).toString('base64url')}.${tokenId}`
      const value = `${text}.${sign(keyOf(access, tokenId) ?? token, text)}`
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
