import type { Context } from 'hono'

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** The last ones are of resumable uploads. */
const REQUEST_HEADERS =
  'Authorization, Content-Type, Accept, Range, If-None-Match, Last-Event-ID, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Defer-Length, Upload-Checksum'
const ANSWER_HEADERS =
  'ETag, Location, Retry-After, Accept-Ranges, Content-Length, Content-Range, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Length, Upload-Offset, Upload-Expires'
const PREFLIGHT_SECONDS = 600

/** Whether the page that sends a command is this node's own, or the caller is no page at all. */
export function isSameSite(c: Context): boolean {
  const origin = c.req.header('origin')
  const host = c.req.header('host') ?? ''
  if (origin != null) return origin === `http://${host}` || origin === `https://${host}`
  const fetchSite = c.req.header('sec-fetch-site')
  return fetchSite == null || fetchSite === 'same-origin' || fetchSite === 'none'
}

export function isPreflight(c: Context): boolean {
  return c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') != null
}

/** For a page of a listed origin. Cookies stay out: it sends the token itself. */
export function preflightAnswer(c: Context): Response {
  c.header('Access-Control-Allow-Methods', METHODS)
  c.header('Access-Control-Allow-Headers', REQUEST_HEADERS)
  c.header('Access-Control-Max-Age', String(PREFLIGHT_SECONDS))
  if (c.req.header('access-control-request-private-network') === 'true')
    c.header('Access-Control-Allow-Private-Network', 'true')
  return c.body(null, 204)
}

/** Lets the page of a listed origin read the answer. */
export function allowReading(answer: Headers, origin: string): void {
  answer.set('Access-Control-Allow-Origin', origin)
  answer.set('Access-Control-Expose-Headers', ANSWER_HEADERS)
}
