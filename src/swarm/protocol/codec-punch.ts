import { decoding, integer, invalid } from './codec-checks.ts'
import { parseIp } from './ip-address.ts'
import { LIMITS } from './limits.ts'
import * as wire from './wire/messages.js'

/** Where others see the connections of a node: an IPv4 address, and a port. */
export interface PunchAddress {
  readonly ip: string
  readonly port: number
}

const PORT_MAX = 65_535
const ADDRESS = /^\/ip4\/(?<ip>[\d.]+)\/tcp\/(?<port>\d+)/

/** Of a multiaddr; undefined where that is none of TCP over IPv4. */
export function punchAddressOf(address: string): PunchAddress | undefined {
  const { ip, port } = ADDRESS.exec(address)?.groups ?? {}
  return ip === undefined ? undefined : { ip, port: Number(port) }
}

export const encodePunchAddress = (address: PunchAddress): Uint8Array => wire.PunchAddress.encode({ ...address })

/** @throws ProtocolError */
export function decodePunchAddress(payload: Uint8Array): PunchAddress {
  const { ip, port } = decoding(payload, LIMITS.punchMessageBytesMax, (bytes) => wire.PunchAddress.decode(bytes))
  if (parseIp(ip)?.length !== 4) return invalid('the address is no IPv4 address')
  return { ip, port: integer(port, 1, PORT_MAX, 'port') }
}
