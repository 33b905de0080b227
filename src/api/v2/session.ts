import { createRoute } from '@hono/zod-openapi'
import { ApiRefusal } from '../refusal.ts'
import { session } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { Credentials } from '../security.ts'

const tags = ['Session']
/** Who has neither token nor cookie and is on another machine. */
const NOBODY = { access: 'none', via: 'nothing', expiresAtMs: null } as const

const answer = (description: string) => json(description, session)

const read = createRoute({
  method: 'get',
  path: '/session',
  tags,
  summary: 'What the caller may do',
  responses: { 200: answer('The access that the caller has') }
})

const open = createRoute({
  method: 'post',
  path: '/session',
  tags,
  summary: 'Exchange the token, given as `Authorization: Bearer`, for a cookie, so that a browser can forget the token',
  responses: { 200: answer('The cookie comes with the answer'), ...refusals }
})

const close = createRoute({
  method: 'delete',
  path: '/session',
  tags,
  summary: 'Sign out: the browser deletes the cookie',
  responses: { 204: { description: 'The answer tells the browser to delete the cookie' } }
})

export function sessionRoutes(credentials: Pick<Credentials, 'setCookie' | 'clearCookie'>) {
  return createRouter()
    .openapi(read, (c) => {
      const { access, via, expiresAtMs } = c.get('caller') ?? NOBODY
      return c.json({ access, via, expiresAtMs }, 200)
    })
    .openapi(open, (c) => {
      const caller = c.get('caller')
      if (caller == null || caller.access === 'local' || caller.via !== 'token')
        throw new ApiRefusal('token-needed', 401, 'Give the token as "Authorization: Bearer <token>".')
      return c.json(credentials.setCookie(c, { access: caller.access, tokenId: caller.tokenId }), 200)
    })
    .openapi(close, (c) => {
      credentials.clearCookie(c)
      return c.body(null, 204)
    })
}
