import { createBodyGuard } from './security/body-guard.ts'
import { createBackoff } from './security/backoff.ts'
import { createCredentials, type Caller, type Credentials, type KnownTokens } from './security/credentials.ts'
import { isAllowedHost, isLoopback } from './security/hosts.ts'
import { createPasswordReader } from './security/password.ts'
import { refuse } from './security/refuse.ts'
import { setHeaders } from './security/headers.ts'
import { allowReading, isPreflight, isSameSite, preflightAnswer, SAFE_METHODS } from './security/sites.ts'
import type { Context, MiddlewareHandler } from 'hono'

export { isLoopback } from './security/hosts.ts'
export { refuse } from './security/refuse.ts'
export type { Caller, Credentials } from './security/credentials.ts'

export interface SecurityInit {
  readonly token: string
  /** The read-only token. */
  readonly readToken?: string | undefined
  /** Those that were made while the node ran. Default: there are none. */
  readonly tokens?: KnownTokens | undefined
  /** Address the server is bound to. */
  readonly host: string
  /** Additional names that the node answers to. */
  readonly names?: readonly string[]
  /** Origins besides its own whose pages may use it, e.g. `https://encode.example`. */
  readonly origins?: readonly string[]
  /** `always`: a token is needed on this machine too. Default `auto`. */
  readonly auth?: 'auto' | 'always'
  /** Default `grav1`. */
  readonly cookieName?: string
  /** The server speaks TLS. */
  readonly https?: boolean
  readonly now?: () => number
  /** How long a body may take. */
  readonly bodyMs?: number
  /** Address of the caller, from the socket. */
  readonly remoteAddress: (c: Context) => string | undefined
}

/** Per request: the caller, undefined if it has no token, and whether it holds the full token. */
export interface SecurityVariables {
  readonly caller: Caller | undefined
  readonly trusted: boolean
}

type Gate = MiddlewareHandler<{ Variables: SecurityVariables }>

/** Files of the web client, which are needed to enter a token. They contain no data of this node. */
const PAGE_FILE = /^\/(?:(?:assets\/)?[\w-][\w.-]*\.(?:js|css|svg|png|ico|woff2|webmanifest))?$/
/** Anyone may ask what they may do. Even a read-only caller may open and end a session. */
const SESSION = '/api/v2/session'
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** The part of the gate that routes use. */
export function createSecurity(init: SecurityInit) {
  const { cookieName = 'grav1', https = false, now = Date.now } = init
  const credentials = createCredentials({ ...init, cookieName, secure: https, now })
  return { credentials, gate: [sites(init), callers(init, credentials)] as const }
}

/**
 * Host: a page of another name that resolves to this machine gets 421. Origin: another site's page that sends a command gets 403. Pages of listed origins may
 * read what they ask for.
 */
function sites(init: SecurityInit): Gate {
  const origins = new Set(init.origins)
  return async (c, next) => {
    const origin = c.req.header('origin')
    const isListed = origin != null && origins.has(origin)
    const refusal = siteRefusal(c, init, isListed)
    if (refusal != null) c.res = refusal
    else if (isListed && isPreflight(c)) c.res = preflightAnswer(c)
    else await next()
    setHeaders(c, init.https ?? false)
    if (isListed) allowReading(c.res.headers, origin)
  }
}

function siteRefusal(c: Context, { host: bound, names = [] }: SecurityInit, isListed: boolean): Response | undefined {
  const host = c.req.header('host') ?? ''
  if (!isAllowedHost(host, bound, names))
    return refuse(c, 421, 'unknown-host', `This node does not answer to the name "${host}"; see --api-name.`)
  if (isListed || SAFE_METHODS.has(c.req.method) || isSameSite(c)) return undefined
  return refuse(c, 403, 'other-site', 'Requests from other sites are refused; see --api-origin.')
}

/**
 * Identifies the caller: by a token, by a cookie that stands for one, or by its address on this machine. A wrong token is refused from anywhere. Only then is the body read, except for calls that
 * have the token in it.
 */
function callers(init: SecurityInit, credentials: Credentials): Gate {
  const backoff = createBackoff(init.now ?? Date.now)
  const readBody = createBodyGuard(init)
  const passwordOf = createPasswordReader(readBody)

  function ofToken(c: Context, token: string, address: string): Caller | Response {
    const waitMs = backoff.waitMs(address)
    if (waitMs > 0) {
      c.header('Retry-After', String(Math.ceil(waitMs / 1000)))
      return refuse(c, 429, 'too-many-tries', 'Too many wrong tokens came from this address; try again later.')
    }
    const caller = credentials.ofToken(token)
    if (caller != null) backoff.succeeded(address)
    else backoff.failed(address)
    return caller ?? unauthorized(c, 'wrong-token', 'The token is wrong.')
  }

  async function identify(c: Context): Promise<Caller | Response | undefined> {
    const address = init.remoteAddress(c) ?? ''
    const bearer = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (bearer != null) return ofToken(c, bearer, address)
    const cookie = credentials.ofCookie(c)
    if (cookie != null) return cookie
    const password = await passwordOf(c)
    if (password instanceof Response) return password
    return password == null ? byAddress(c, address, init.auth) : ofToken(c, password, address)
  }

  return async (c, next) => {
    const caller = await identify(c)
    if (caller instanceof Response) return caller
    const isSafe = SAFE_METHODS.has(c.req.method)
    const isPublic = isSafe && (PAGE_FILE.test(c.req.path) || c.req.path === SESSION)
    if (caller == null && !isPublic) return unauthorized(c, 'token-needed', "This needs the node's token.")
    if (caller?.access === 'read' && !isSafe && c.req.path !== SESSION)
      return refuse(c, 403, 'read-only', 'This token is read-only.')
    const refusal = await readBody(c)
    if (refusal != null) return refusal
    c.set('caller', caller)
    c.set('trusted', caller?.access === 'full')
    await next()
    return undefined
  }
}

function unauthorized(c: Context, code: string, reason: string): Response {
  c.header('WWW-Authenticate', 'Bearer')
  return refuse(c, 401, code, reason)
}

/** A request that a proxy passed on counts as remote. */
function byAddress(c: Context, address: string, auth: SecurityInit['auth']): Caller | undefined {
  const isHere = isLoopback(address) && FORWARDED.every((name) => c.req.header(name) == null)
  return isHere && auth !== 'always' ? { access: 'local', via: 'address', expiresAtMs: null } : undefined
}
