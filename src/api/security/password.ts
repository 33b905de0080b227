import type { Context } from 'hono'

/** The calls of older clients that take the token in the body. */
const TAKES_PASSWORD = /^\/api\/(?:add_project|(?:modify_project|modify|delete_project)\/[^/]+)$/

/** `password` of a JSON body, which these clients send instead of a header; empty or not there is none. */
export async function passwordOf(c: Context): Promise<string | undefined> {
  const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '')
  if (c.req.method !== 'POST' || !isJson || !TAKES_PASSWORD.test(c.req.path)) return undefined
  const body: unknown = await c.req.json<unknown>().catch(() => undefined)
  const password = typeof body === 'object' && body != null && 'password' in body ? body.password : undefined
  return typeof password === 'string' && password !== '' ? password : undefined
}
