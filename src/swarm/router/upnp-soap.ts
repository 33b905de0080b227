import { askRouter } from './ask-router.ts'
import { textOf, type UpnpControl } from './upnp-description.ts'

/** A router refused. */
export class SoapError extends Error {
  /** As the specification of the service has it; 0 where there is none. */
  readonly code: number

  constructor(action: string, code: number) {
    super(`the router refused ${action} with code ${code}`)
    this.name = 'SoapError'
    this.code = code
  }
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/'
const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/'

/**
 * Gives a router one order.
 * @param fields values without markup
 * @returns the answer, an XML document
 * @throws SoapError for a refusal
 */
export async function soap(
  { url, type }: UpnpControl,
  action: string,
  fields: Readonly<Record<string, string | number>>,
  signal: AbortSignal
): Promise<string> {
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  const body = `<?xml version="1.0"?>
<s:Envelope xmlns:s="${ENVELOPE}" s:encodingStyle="${ENCODING}"><s:Body><u:${action} xmlns:u="${type}">${inner.join('')}</u:${action}></s:Body></s:Envelope>`
  const headers = { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: `"${type}#${action}"` }
  const answer = await askRouter(url, { method: 'POST', headers, body }, signal)
  if (answer.status !== 200) throw new SoapError(action, Number(textOf(answer.body, 'errorCode') ?? 0))
  return answer.body
}
