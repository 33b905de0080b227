import { Hono } from 'hono'
import { docsRoutes } from './routes/docs.ts'
import { compressJson } from './compress-json.ts'
import { completedRoutes } from './routes/completed.ts'
import { documentedInfoRoutes } from './routes/documented-info.ts'
import { documentedRoutes } from './routes/documented.ts'
import { healthRoutes } from './routes/health.ts'
import { pageRoutes } from './routes/page.ts'
import { sceneRoutes } from './routes/scene.ts'
import { v2Routes } from './v2/index.ts'
import { createSecurity, refuse, type SecurityInit, type SecurityVariables } from './security.ts'
import type { ApiModules } from './modules.ts'

export interface ApiLogger {
  error: (fields: object, message: string) => void
}

/** The HTTP view of a node. Try it without a server through `app.request()`. */
export function createApp(modules: ApiModules, init: SecurityInit & { readonly log: ApiLogger }) {
  const app = new Hono<{ Variables: SecurityVariables }>()
  const { gate, credentials } = createSecurity(init)
  app.use(async (c, next) => {
    await next()
    const type = c.res.headers.get('content-type')
    if (type === 'application/json') c.res.headers.set('content-type', 'application/json; charset=utf-8')
  })
  app.use(...gate)
  app.use('/api/*', compressJson())
  app.route('/', documentedRoutes(modules))
  app.route('/', documentedInfoRoutes(modules))
  app.route('/', pageRoutes())
  app.route('/', sceneRoutes(modules))
  app.route('/', completedRoutes(modules))
  app.route('/', healthRoutes(modules))
  const v2 = v2Routes(modules, credentials)
  app.route('/', v2)
  app.route(
    '/',
    docsRoutes(async () => {
      const { describeApi } = await import('./openapi/describe.ts')
      return describeApi(v2, modules.node.status().version)
    })
  )
  app.notFound((c) => refuse(c, 404, 'unknown-path', 'There is nothing here.'))
  app.onError((error, c) => {
    init.log.error({ err: error, path: c.req.path }, 'a request failed')
    return refuse(c, 500, 'internal', 'The node hit an internal error; see its log.')
  })
  return app
}
