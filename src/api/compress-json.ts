import { compress } from 'hono/compress'
import { gzipOfAnswer } from './kept-gzip.ts'
import type { MiddlewareHandler } from 'hono'

const nothing = async (): Promise<void> => {}

/** Not where it is ruled out: `gzip;q=0`. */
const takesGzip = (accepted: string): boolean => /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)

/** Compresses JSON for clients that accept gzip; an answer that stays the same is compressed only once. For other clients the library would copy every body only to add a header. */
export function compressJson(): MiddlewareHandler {
  const compressed = compress({ contentTypeFilter: /^application\/(?:problem\+)?json/ })
  return async (c, next) => {
    const accepted = c.req.header('accept-encoding') ?? ''
    await next()
    const isPlain = c.res.status !== 200 || c.req.method !== 'GET' || !takesGzip(accepted)
    const body = isPlain ? undefined : await gzipOfAnswer(c.req.raw)
    if (body === undefined && /\b(?:gzip|deflate)\b/i.test(accepted)) return compressed(c, nothing)
    c.res.headers.append('Vary', 'Accept-Encoding')
    if (body === undefined) return undefined
    c.res = new Response(body, c.res)
    c.res.headers.set('Content-Encoding', 'gzip')
    c.res.headers.delete('Content-Length')
    return undefined
  }
}
