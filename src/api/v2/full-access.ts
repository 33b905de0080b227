import { ApiRefusal } from '../refusal.ts'
import type { V2Env } from './router.ts'
import type { MiddlewareHandler } from 'hono'

/**
 * A program on this machine that has no token must not be able to make itself one, or to let others in.
 * @param what the subject of the refusal, in the plural
 */
export const needsFullAccess =
  (what: string): MiddlewareHandler<V2Env> =>
  async (c, next) => {
    if (!c.get('trusted'))
      throw new ApiRefusal('full-access-needed', 403, `${what} need full access: use the full token.`)
    await next()
  }
