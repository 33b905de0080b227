import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Problem } from '../schemas/index.ts'

/** A refusal before any route, or for a path without one: problem details under `/api/v2`, elsewhere in the form of the documented calls. */
export function refuse(c: Context, status: ContentfulStatusCode, code: string, reason: string): Response {
  if (!/^\/api\/v2(\/|$)/.test(c.req.path)) return c.json({ success: false, reason }, status)
  const body: Problem = { type: 'about:blank', title: code, status, detail: reason, code }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}
