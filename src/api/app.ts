import { Hono } from 'hono'
import { docsRoutes } from './routes/docs.ts'
import { compressJson } from './compress-json.ts'
import { completedRoutes } from './routes/completed.ts'
import { documentedInfoRoutes } from './routes/documented-info.ts'
import { documentedRoutes } from './routes/documented.ts'
import { healthRoutes } from './routes/health.ts'
import { pageRoutes } from './routes/page.ts'
import { reportRoutes } from './routes/report.ts'
import { sceneRoutes } from './routes/scenes.ts'
import { v2Routes } from './v2/index.ts'
import { createSecurity, refuse, type SecurityInit, type SecurityVariables } from './security.ts'
import type { ApiPorts } from './ports.ts'

export interface ApiLogger {
  error: (fields: object, message: string) => void
}

/** The HTTP view of a node. Test it without a server through `app.request()`. */
export function createApp(ports: ApiPorts, init: Omit<SecurityInit, 'tokens'> & { readonly log: ApiLogger }) {
  const app = new Hono<{ Variables: SecurityVariables }>()
  const { gate, credentials } = createSecurity({ ...init, tokens: ports.tokens })
  app.use(async (c, next) => {
    await next()
    const type = c.res.headers.get('content-type')
    if (type === 'application/json') c.res.headers.set('content-type', 'application/json; charset=utf-8')
  })
  app.use(...gate)
  app.use('/api/*', compressJson())
  app.route('/', documentedRoutes(ports))
  app.route('/', documentedInfoRoutes(ports))
  app.route('/', pageRoutes())
  app.route('/', sceneRoutes(ports))
  app.route('/', completedRoutes(ports))
  app.route('/', reportRoutes(ports))
  app.route('/', healthRoutes(ports))
  const v2 = v2Routes(ports, credentials)
  app.route('/', v2)
  app.route(
    '/',
    docsRoutes(async () => {
      const { describeApi } = await import('./openapi/describe.ts')
      return describeApi(v2, ports.node.status().version)
    })
  )
  app.notFound((c) => refuse(c, 404, 'unknown-path', 'There is nothing at this address.'))
  app.onError((error, c) => {
    init.log.error({ err: error, path: c.req.path }, 'a request failed')
    return refuse(c, 500, 'internal', 'The node hit an internal error; see its log.')
  })
  return app
}
