import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { getConnInfo } from '@hono/node-server/conninfo'
import { serve } from '@hono/node-server'
import { createApp, type ApiLogger } from '../../api/app.ts'
import type { ApiPorts } from '../../api/ports.ts'
import type { SecurityInit } from '../../api/security.ts'
import type { Tls } from './tls.ts'
import type { AddressInfo } from 'node:net'

export interface HttpServerInit extends Omit<SecurityInit, 'remoteAddress' | 'https'> {
  readonly port: number
  /** Speaks TLS with it. */
  readonly tls?: Tls | undefined
  readonly log: ApiLogger
}

export interface HttpServer {
  readonly url: string
  stop: () => Promise<void>
}

/** A request may last as long as an upload; what it may not is to say nothing. Bodies have a limit of their own. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 10_000,
  // A connection stays open longer than its client is told: on a busy machine a request may be late, and would be reset (Node 24.6 or later).
  keepAliveTimeoutBuffer: 30_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16_384
} as const
const SILENCE_MS_MAX = 300_000
const CONNECTIONS_MAX = 2048

/** @throws Error with a sentence when the port is taken. */
export async function startHttpServer(ports: ApiPorts, { port, tls, ...init }: HttpServerInit): Promise<HttpServer> {
  const { host } = init
  const app = createApp(ports, {
    ...init,
    https: tls != null,
    remoteAddress: (c) => getConnInfo(c).remote.address
  })
  const listening = Promise.withResolvers<AddressInfo>()
  const options = { fetch: app.fetch, hostname: host, port }
  const server = serve(
    tls == null
      ? { ...options, createServer, serverOptions: LIMITS }
      : { ...options, createServer: createTlsServer, serverOptions: { ...LIMITS, ...tls, minVersion: 'TLSv1.2' } },
    (info) => listening.resolve(info)
  )
  server.maxConnections = CONNECTIONS_MAX
  server.setTimeout(SILENCE_MS_MAX)
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EADDRINUSE' ? `port ${port} on ${host} is taken; choose another with --api-port` : error.message
    listening.reject(new Error(`cannot serve the API: ${reason}`, { cause: error }))
  })
  const info = await listening.promise
  const address = info.family === 'IPv6' ? `[${info.address}]` : info.address
  // A certificate is for a name.
  const named = init.names?.[0] ?? (address === '0.0.0.0' || address === '[::]' ? 'localhost' : address)
  const name = tls == null ? address : named
  return {
    url: `${tls == null ? 'http' : 'https'}://${name}:${info.port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    }
  }
}
