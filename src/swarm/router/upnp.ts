import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { waitFor } from '../../common/wait.ts'
import { askUdp } from './ask-udp.ts'
import { type Forwarded, LEASE_SECONDS, type RouterTalk } from './forwarded.ts'
import { findControl, textOf, type UpnpControl } from './upnp-description.ts'
import { SoapError, soap } from './upnp-soap.ts'

export interface UpnpInit {
  /** IP address of the router: who else answers is not asked for anything. Default: the first router that answers. */
  readonly gateway?: string | undefined
  /** Where routers are looked for. Default 239.255.255.250 port 1900. */
  readonly search?: { readonly host: string; readonly port: number }
}

const SEARCH = { host: '239.255.255.250', port: 1900 }
const GATEWAY = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1'

/** The port belongs to another machine already. */
const CONFLICT = 718
/** Old routers keep ports for ever, or not at all. */
const ONLY_FOR_EVER = 725
/** Ports that are tried where the wanted one is taken. */
const OTHERS = 3

const question = ({ host, port }: { readonly host: string; readonly port: number }): Uint8Array =>
  Buffer.from(`M-SEARCH * HTTP/1.1\r\nHOST: ${host}:${port}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ${GATEWAY}\r\n\r\n`)

/** The address of a description that an answer names; only at the router that answers. */
function locationIn(message: Uint8Array, router: string): URL | undefined {
  const [, text = ''] = /^location:[ \t]*(\S+)/im.exec(Buffer.from(message).toString('latin1')) ?? []
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' && url.hostname === router ? url : undefined
}

/** The address of this machine from which it reaches a host. */
async function ownAddress(host: string, signal: AbortSignal): Promise<string> {
  const socket = createSocket('udp4')
  try {
    await waitFor<void>((done, fail) => {
      socket.once('error', fail)
      socket.connect(1900, host, () => done())
      return () => {}
    }, signal)
    return socket.address().address
  } finally {
    socket.close()
  }
}

const ports = (wanted: number): number[] => [wanted, ...Array.from({ length: OTHERS }, () => randomInt(20_000, 60_000))]

/** UPnP of internet gateways, versions 1 and 2, for IPv4. */
export function createUpnp({ gateway, search = SEARCH }: UpnpInit): RouterTalk {
  let control: UpnpControl | undefined
  let taken: number | undefined

  async function find(signal: AbortSignal): Promise<UpnpControl> {
    const location = await askUdp({
      ...search,
      question: question(search),
      read: (message, from) => (gateway === undefined || from === gateway ? locationIn(message, from) : undefined),
      signal
    })
    return findControl(location, signal)
  }

  async function add(at: UpnpControl, external: number, port: number, client: string, signal: AbortSignal) {
    const withLease = async (seconds: number): Promise<number> => {
      await soap(
        at,
        'AddPortMapping',
        {
          NewRemoteHost: '',
          NewExternalPort: external,
          NewProtocol: 'TCP',
          NewInternalPort: port,
          NewInternalClient: client,
          NewEnabled: 1,
          NewPortMappingDescription: 'grav1',
          NewLeaseDuration: seconds
        },
        signal
      )
      return seconds === 0 ? Infinity : seconds * 1000
    }
    try {
      return await withLease(LEASE_SECONDS)
    } catch (error) {
      if (error instanceof SoapError && error.code === ONLY_FOR_EVER) return withLease(0)
      throw error
    }
  }

  async function addAnywhere(at: UpnpControl, port: number, signal: AbortSignal) {
    const client = await ownAddress(at.url.hostname, signal)
    let lost: unknown
    for (const external of ports(taken ?? port)) {
      try {
        const leaseMs = await add(at, external, port, client, signal)
        taken = external
        return { port: external, leaseMs }
      } catch (error) {
        lost = error
        if (!(error instanceof SoapError) || error.code !== CONFLICT) break
      }
    }
    throw lost
  }

  return {
    name: 'UPnP',
    forward: async (port, signal): Promise<Forwarded> => {
      try {
        control ??= await find(signal)
        const answer = await soap(control, 'GetExternalIPAddress', {}, signal)
        const ip = textOf(answer, 'NewExternalIPAddress') ?? ''
        return { ip, ...(await addAnywhere(control, port, signal)) }
      } catch (error) {
        // A router that starts anew listens elsewhere.
        if (!(error instanceof SoapError)) control = undefined
        throw error
      }
    },
    release: async ({ port }, _own, signal) => {
      control ??= await find(signal)
      await soap(control, 'DeletePortMapping', { NewRemoteHost: '', NewExternalPort: port, NewProtocol: 'TCP' }, signal)
    }
  }
}
