import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { errorText } from '../../common/error-text.ts'
import type { SwarmStatus } from '../../api/schemas/index.ts'
import type { Config } from '../config/types.ts'
import type { NetworkFacts, PortFact } from './facts.ts'

const MULTICAST = { group: '224.0.0.251', port: 5353 } as const

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Whether this user could listen there; the port is given back at once. */
async function tryPort(host: string, port: number): Promise<'free' | 'taken' | 'refused'> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return 'free'
  } catch (error) {
    return codeOf(error) === 'EADDRINUSE' ? 'taken' : 'refused'
  } finally {
    server.close()
  }
}

/** Host and port of `/ip4/0.0.0.0/tcp/7898`; undefined for an address with a name in it. */
function hostAndPort(address: string): { host: string; port: number } | undefined {
  const [, host, port] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
  return host === undefined ? undefined : { host, port: Number(port) }
}

const PEERS = { what: 'peers', flag: '--listen /ip4/0.0.0.0/tcp/<another port>' } as const
const API = { what: 'web and API', flag: '--api-port <another port>' } as const

async function freePorts({ listen, apiHost, apiPort }: PortsOf): Promise<PortFact[]> {
  const peers = listen.map(async (address): Promise<PortFact> => {
    const place = hostAndPort(address)
    return { ...PEERS, address, state: place === undefined ? 'free' : await tryPort(place.host, place.port) }
  })
  const api = { ...API, address: `${apiHost}:${apiPort}`, state: await tryPort(apiHost, apiPort) }
  return [...(await Promise.all(peers)), api]
}

const ownPorts = (status: SwarmStatus, url: string): PortFact[] => [
  { ...PEERS, address: status.node.addresses.map((one) => one.replace(/\/p2p\/.*/, '')).join(', '), state: 'own' },
  { ...API, address: url, state: 'own' }
]

/** Why names of the local network cannot be asked for; undefined where they can. */
export async function multicastTrouble(): Promise<string | undefined> {
  const outside = Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.internal === false)
  if (!outside) return 'this machine is connected to no network'
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  try {
    socket.bind(MULTICAST.port)
    await once(socket, 'listening')
    socket.addMembership(MULTICAST.group)
    return undefined
  } catch (error) {
    return `multicast does not work: ${errorText(error)}`
  } finally {
    socket.close()
  }
}

type PortsOf = Pick<Config, 'listen' | 'apiHost' | 'apiPort'>

export interface NetworkLook {
  readonly config: PortsOf & Pick<Config, 'mdns'>
  /** Of the running node. */
  readonly node: { readonly url: string; readonly status: SwarmStatus } | undefined
}

export async function lookAtNetwork({ config, node }: NetworkLook): Promise<NetworkFacts> {
  return {
    ports: node === undefined ? await freePorts(config) : ownPorts(node.status, node.url),
    mdns: { wanted: config.mdns, trouble: config.mdns ? await multicastTrouble() : undefined },
    status: node?.status
  }
}
