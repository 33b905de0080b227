import { refuse } from './refuse.ts'
import type { BodyGuard } from './body-guard.ts'
import type { Context } from 'hono'

/** The calls of older clients that take the token in the body. */
const TAKES_PASSWORD = /^\/api\/(?:add_project|(?:modify_project|modify|delete_project)\/[^/]+)$/
/** Bodies that are read before it is known who sends them. */
const READING_MAX = 32

/** `password` of a JSON body, which these clients send instead of a header; empty or not there is none. A refusal where the body cannot be read. */
export function createPasswordReader(readBody: BodyGuard): (c: Context) => Promise<string | Response | undefined> {
  let reading = 0
  return async (c) => {
    const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '')
    if (c.req.method !== 'POST' || !isJson || !TAKES_PASSWORD.test(c.req.path)) return undefined
    if (reading >= READING_MAX) return refuse(c, 503, 'busy', 'Too many requests at once; try again.')
    reading += 1
    try {
      const refusal = await readBody(c)
      if (refusal != null) return refusal
      const body: unknown = await c.req.json<unknown>().catch(() => undefined)
      const password = typeof body === 'object' && body != null && 'password' in body ? body.password : undefined
      return typeof password === 'string' && password !== '' ? password : undefined
    } finally {
      reading -= 1
    }
  }
}
