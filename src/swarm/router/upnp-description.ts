import { askRouter } from './ask-router.ts'

/** Where a router takes orders. */
export interface UpnpControl {
  readonly url: URL
  /** The service, with its version. */
  readonly type: string
}

/** The best first. */
const SERVICES = ['WANIPConnection:2', 'WANIPConnection:1', 'WANPPPConnection:1'].map(
  (name) => `urn:schemas-upnp-org:service:${name}`
)

/** The text of an element, without what could be markup. */
export const textOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<(?:[\\w-]+:)?${name}>\\s*([^<>&]*?)\\s*</`).exec(xml)?.[1]

/** Finds in the description of a router where ports are asked for. @throws Error where there is no such place */
export async function findControl(location: URL, signal: AbortSignal): Promise<UpnpControl> {
  const { body } = await askRouter(location, { method: 'GET' }, signal)
  const services = body.split(/<service>/).slice(1)
  for (const type of SERVICES) {
    const service = services.find((one) => textOf(one, 'serviceType') === type)
    const path = service === undefined ? undefined : textOf(service, 'controlURL')
    if (path === undefined || !URL.canParse(path, location)) continue
    const url = new URL(path, location)
    if (url.protocol === 'http:' && url.hostname === location.hostname) return { url, type }
  }
  throw new Error('the router forwards no ports by UPnP')
}
