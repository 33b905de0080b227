import { bodyLimit } from 'hono/body-limit'
import { SAFE_METHODS } from './sites.ts'
import { shapeFault } from './json-shape.ts'
import { refuse } from './refuse.ts'
import type { Context } from 'hono'

const BODY_BYTES_MAX = 1 << 20
const BODY_MS_MAX = 30_000

/** Uploads are streams, with limits of their own. */
const isUpload = (path: string): boolean => /^\/api\/v2\/uploads(\/|$)/.test(path)

/** Reads the whole body before a route sees it; refuses one that is too large, too slow or too deep. */
export type BodyGuard = (c: Context) => Promise<Response | undefined>

export function createBodyGuard({ bodyMs = BODY_MS_MAX }: { readonly bodyMs?: number | undefined }): BodyGuard {
  const limited = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (c) => refuse(c, 413, 'body-too-large', `The body is larger than ${BODY_BYTES_MAX} bytes.`)
  })
  const isRead = new WeakSet<Context>()
  return async (c) => {
    if (SAFE_METHODS.has(c.req.method) || isUpload(c.req.path) || isRead.has(c)) return undefined
    isRead.add(c)
    // hono keeps it for the routes.
    let fault: string | undefined
    const whole = limited(c, async () => void (fault = shapeFault(new Uint8Array(await c.req.arrayBuffer()))))
    const refusal = await within(c, whole, bodyMs)
    if (refusal instanceof Response) return refusal
    return fault == null ? undefined : refuse(c, 400, 'bad-request', fault)
  }
}

async function within(c: Context, whole: Promise<unknown>, ms: number): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<Response>()
  const timer = setTimeout(() => {
    c.header('Connection', 'close')
    resolve(refuse(c, 408, 'body-too-slow', `The body did not arrive within ${ms / 1000} s.`))
  }, ms)
  try {
    return await Promise.race([whole, promise])
  } catch {
    return refuse(c, 400, 'bad-request', 'The body is incomplete.')
  } finally {
    clearTimeout(timer)
  }
}
