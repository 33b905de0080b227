import { isIP } from 'node:net'
import type { Context } from 'hono'

const HSTS_SECONDS = 31_536_000

/** What every answer carries, refusals too. */
export function setHeaders(c: Context, https: boolean): void {
  const { headers } = c.res
  headers.set('X-Content-Type-Options', 'nosniff')
  headers.set('Referrer-Policy', 'no-referrer')
  headers.set('X-Frame-Options', 'DENY')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  // A page brings a policy of its own; data needs none of what that allows.
  if (!headers.has('Content-Security-Policy'))
    headers.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  headers.append('Vary', 'Origin')
  // For a name only: an address has no such memory, and localhost is shared with other programs.
  const name = (c.req.header('host') ?? '').replace(/:\d+$/, '')
  if (https && name !== 'localhost' && !name.startsWith('[') && isIP(name) === 0)
    headers.set('Strict-Transport-Security', `max-age=${HSTS_SECONDS}`)
}
