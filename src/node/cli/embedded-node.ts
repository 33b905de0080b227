import { createServer } from 'node:net'
import type { Config, Daemon } from '../config/types.ts'
import type { CliIo } from './io.ts'
import { startNode } from './node-command.ts'

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false)).listen({ host, port }, () => resolve(true))
  const free = await promise
  await new Promise((done) => server.close(done))
  return free
}

/** The listen address with port 0 where its port is taken, e.g. by another node. */
export async function freeListenAddress(address: string): Promise<string> {
  const match = /^\/ip[46]\/(?<host>[^/]+)\/tcp\/(?<port>\d+)$/.exec(address)
  const host = match?.groups?.['host']
  const port = Number(match?.groups?.['port'])
  if (host === undefined || port === 0 || (await isFree(host, port))) return address
  return address.replace(/\/tcp\/\d+$/, '/tcp/0')
}

/** A node for the time of one command: its API on any free port of this machine. It works on the films of the command only. */
export async function startEmbeddedNode(config: Config, io: Pick<CliIo, 'loadDaemon'>): Promise<Daemon> {
  const listen = await Promise.all(config.listen.map(freeListenAddress))
  const api = { apiHost: '127.0.0.1', apiPort: 0, apiName: [], apiOrigin: [], tlsCert: undefined, tlsKey: undefined }
  return startNode({ ...config, listen, ...api, aside: true }, io)
}
