import type { Context } from 'hono'
import { ApiRefusal } from './refusal.ts'
import type { FileBytes } from './ports.ts'

/** Answers 304 where the client has these bytes already; undefined where it has not. */
export function notModified(c: Context, etag: string): Response | undefined {
  const known = (c.req.header('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  return known.includes(etag.replace(/^W\//, '')) || known.includes('*') ? c.body(null, 304, { ETag: etag }) : undefined
}

/** The bytes, or the one range that was asked for; a request for several ranges, or for an invalid one, gets the whole. */
export async function ranged(
  c: Context,
  { bytes, read }: FileBytes,
  headers: Readonly<Record<'ETag' | 'Content-Type', string>> & Readonly<Record<string, string>>
): Promise<Response> {
  const common = { ...headers, 'Accept-Ranges': 'bytes' }
  const part = rangeOf(c, headers.ETag, bytes)
  if (part === 'beyond')
    return new Response(null, { status: 416, headers: { ...common, 'Content-Range': `bytes */${bytes}` } })
  const { first, last } = part ?? { first: 0, last: bytes - 1 }
  // Nobody would read the body, nor close it.
  const body = c.req.method === 'HEAD' ? null : await read(first, last)
  const length = { 'Content-Length': String(last - first + 1) }
  if (part == null) return new Response(body, { headers: { ...common, ...length } })
  return new Response(body, {
    status: 206,
    headers: { ...common, ...length, 'Content-Range': `bytes ${first}-${last}/${bytes}` }
  })
}

function rangeOf(c: Context, etag: string, bytes: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range') ?? '')
  const [, from = '', to = ''] = match ?? []
  const isBackwards = from !== '' && to !== '' && Number(to) < Number(from)
  if (match == null || isBackwards || (from === '' && to === '')) return undefined
  // It has a part of other bytes.
  if ((c.req.header('if-range') ?? etag) !== etag) return undefined
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from)
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  return first >= bytes || first > last ? 'beyond' : { first, last }
}

/** Answers why there are no bytes. @throws anything that is not a refusal, unless the client is gone */
export function noBytes(c: Context, error: unknown): Response {
  if (error instanceof ApiRefusal) return c.json({ success: false, reason: error.message }, error.status)
  if (c.req.raw.signal.aborted) return c.body(null, 408)
  throw error
}
