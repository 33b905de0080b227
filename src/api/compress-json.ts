import { compress } from 'hono/compress'
import type { MiddlewareHandler } from 'hono'

/** Compresses JSON for who takes that. For the others the library would copy every body to say that it could have been. */
export function compressJson(): MiddlewareHandler {
  const compressed = compress({ contentTypeFilter: /^application\/(?:problem\+)?json/ })
  return async (c, next) => {
    if (/\b(?:gzip|deflate)\b/i.test(c.req.header('accept-encoding') ?? '')) return compressed(c, next)
    await next()
    c.res.headers.append('Vary', 'Accept-Encoding')
    return undefined
  }
}
