import { compress } from 'hono/compress'
import type { MiddlewareHandler } from 'hono'

/** Compresses JSON for clients that accept it. For other clients the library would copy every body only to add a header. */
export function compressJson(): MiddlewareHandler {
  const compressed = compress({ contentTypeFilter: /^application\/(?:problem\+)?json/ })
  return async (c, next) => {
    if (/\b(?:gzip|deflate)\b/i.test(c.req.header('accept-encoding') ?? '')) return compressed(c, next)
    await next()
    c.res.headers.append('Vary', 'Accept-Encoding')
    return undefined
  }
}
