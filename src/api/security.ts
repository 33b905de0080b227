import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'

export interface SecurityInit {
  readonly token: string
  /** Address the server is bound to. */
  readonly host: string
  /** Address of the one who asks, from the socket. */
  readonly remoteAddress: (c: Parameters<MiddlewareHandler>[0]) => string | undefined
}

/** Per request: whether the caller proved to hold the token. */
export interface SecurityVariables {
  readonly trusted: boolean
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * One gate for every route. Host: a page of another name that resolves to this machine gets 421. Origin: another site's page that sends a command gets 403.
 * Token: callers from other machines get 401 without it; a wrong one is refused from anywhere.
 */
export function security(init: SecurityInit): MiddlewareHandler<{ Variables: SecurityVariables }> {
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (!isAllowedHost(host, init.host))
      return c.json({ success: false, reason: `This node does not answer to the name "${host}".` }, 421)
    if (!SAFE_METHODS.has(c.req.method) && !isSameSite(c.req.header('origin'), c.req.header('sec-fetch-site'), host)) {
      return c.json({ success: false, reason: 'Requests from other sites are not taken.' }, 403)
    }
    const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const trusted = given != null && equals(given, init.token)
    if (given != null && !trusted) return c.json({ success: false, reason: 'The token is wrong.' }, 401)
    if (!trusted && !isLoopback(init.remoteAddress(c) ?? ''))
      return c.json({ success: false, reason: 'From another machine this needs the token.' }, 401)
    c.set('trusted', trusted)
    await next()
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    // The page brings a policy of its own; data needs none of what that allows.
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    return undefined
  }
}

/** `127.0.0.0/8`, `::1`, and the first mapped into IPv6. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

function isAllowedHost(header: string, bound: string): boolean {
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (name === 'localhost' || isLoopback(name) || name === bound.toLowerCase()) return true
  // Bound to every address, the node is reached by any of them, but never by a name that somebody else may own.
  return (bound === '0.0.0.0' || bound === '::') && isIP(name) !== 0
}

function isSameSite(origin: string | undefined, fetchSite: string | undefined, host: string): boolean {
  if (origin != null) return origin === `http://${host}` || origin === `https://${host}`
  return fetchSite == null || fetchSite === 'same-origin' || fetchSite === 'none'
}

function equals(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
