import { networkInterfaces } from 'node:os'
import type { Config } from '../config/types.ts'

/** Where a browser finds the node: its URL, or one for each address where it listens on all of them. */
export function webAddresses(
  apiUrl: string,
  names: Config['apiName'],
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()
): string[] {
  const url = new URL(apiUrl)
  if (url.hostname !== '0.0.0.0' && url.hostname !== '[::]') return [apiUrl]
  const found = Object.values(interfaces)
    .flat()
    .filter((one) => one != null && !one.internal && (one.family === 'IPv4' || !/^fe[89ab]/i.test(one.address)))
    .filter((one) => url.hostname === '[::]' || one?.family === 'IPv4')
    .map((one) => (one?.family === 'IPv6' ? `[${one.address}]` : (one?.address ?? '')))
  const hosts = names.length > 0 ? names : found.length > 0 ? found : ['localhost']
  return hosts.map((host) => `${url.protocol}//${host}:${url.port}`)
}
