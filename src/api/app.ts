import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { documentedRoutes } from './routes/documented.ts'
import { pageRoutes } from './routes/page.ts'
import { sceneRoutes } from './routes/scene.ts'
import { v2Routes } from './v2/index.ts'
import { security, type SecurityInit, type SecurityVariables } from './security.ts'
import type { ApiModules } from './modules.ts'

export interface ApiLogger {
  error: (fields: object, message: string) => void
}

const BODY_BYTES_MAX = 1 << 20

const isUpload = (path: string): boolean => path === '/api/v2/uploads' || path.startsWith('/api/v2/uploads/')

/** The HTTP view of a node. Try it without a server through `app.request()`. */
export function createApp(modules: ApiModules, init: SecurityInit & { readonly log: ApiLogger }) {
  const app = new Hono<{ Variables: SecurityVariables }>()
  app.use(security(init))
  const limit = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (c) => c.json({ success: false, reason: `The body is larger than ${BODY_BYTES_MAX} bytes.` }, 413)
  })
  // Uploads are streamed to the disk and have a quota.
  app.use(async (c, next) => (isUpload(c.req.path) ? next() : limit(c, next)))
  app.use(async (c, next) => {
    await next()
    const type = c.res.headers.get('content-type')
    if (type === 'application/json') c.res.headers.set('content-type', 'application/json; charset=utf-8')
  })
  app.route('/', documentedRoutes(modules))
  app.route('/', pageRoutes())
  app.route('/', sceneRoutes(modules))
  app.route('/', v2Routes(modules))
  app.notFound((c) => c.json({ success: false, reason: 'There is nothing here.' }, 404))
  app.onError((error, c) => {
    init.log.error({ err: error, path: c.req.path }, 'a request failed')
    return c.json({ success: false, reason: 'The node made an error; its log says more.' }, 500)
  })
  return app
}
