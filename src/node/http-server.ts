import { getConnInfo } from '@hono/node-server/conninfo'
import { serve } from '@hono/node-server'
import { createApp, type ApiLogger } from '../api/app.ts'
import type { ApiModules } from '../api/modules.ts'
import type { AddressInfo } from 'node:net'

export interface HttpServerInit {
  readonly host: string
  readonly port: number
  readonly token: string
  readonly log: ApiLogger
}

export interface HttpServer {
  readonly url: string
  stop: () => Promise<void>
}

/** @throws Error with a sentence when the port is taken. */
export async function startHttpServer(
  modules: ApiModules,
  { host, port, token, log }: HttpServerInit
): Promise<HttpServer> {
  const app = createApp(modules, { token, host, log, remoteAddress: (c) => getConnInfo(c).remote.address })
  const listening = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => listening.resolve(info))
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EADDRINUSE' ? `port ${port} on ${host} is taken; choose another with --api-port` : error.message
    listening.reject(new Error(`the API cannot listen: ${reason}`, { cause: error }))
  })
  const info = await listening.promise
  const name = info.family === 'IPv6' ? `[${info.address}]` : info.address
  return {
    url: `http://${name}:${info.port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    }
  }
}
