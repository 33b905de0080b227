import { choice, decoding, integer, invalid } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import { parseIp } from './ip-address.ts'
import * as wire from './wire/messages.js'

/** `unseen`: the peer does not see a public address of the one who asks. `busy`: it dials too often already. */
export type ReachStatus = 'reached' | 'not-reached' | 'unseen' | 'busy'

/** What a peer says that was asked to dial. */
export type ReachReply =
  | { readonly status: 'reached'; readonly ip: string; readonly port: number }
  | { readonly status: Exclude<ReachStatus, 'reached'> }

const STATUSES: readonly ReachStatus[] = ['reached', 'not-reached', 'unseen', 'busy']
const PORT_MAX = 65_535

/** @param ports of the node that asks, the likeliest first */
export function encodeReachRequest(ports: readonly number[]): Uint8Array {
  return wire.ReachRequest.encode({ ports: ports.slice(0, LIMITS.reachPortsMax) })
}

/** @throws ProtocolError */
export function decodeReachRequest(payload: Uint8Array): readonly number[] {
  const { ports } = decoding(payload, LIMITS.reachMessageBytesMax, (bytes) => wire.ReachRequest.decode(bytes))
  if (ports.length === 0 || ports.length > LIMITS.reachPortsMax) return invalid('the number of ports')
  return ports.map((port) => integer(port, 1, PORT_MAX, 'port'))
}

export function encodeReachReply(reply: ReachReply): Uint8Array {
  return wire.ReachReply.encode({ ip: '', port: 0, ...reply })
}

/** @throws ProtocolError */
export function decodeReachReply(payload: Uint8Array): ReachReply {
  const raw = decoding(payload, LIMITS.reachMessageBytesMax, (bytes) => wire.ReachReply.decode(bytes))
  const status = choice(raw.status, STATUSES, 'status')
  if (status !== 'reached') return raw.ip === '' && raw.port === 0 ? { status } : invalid(`an address in ${status}`)
  if (parseIp(raw.ip) === undefined || raw.ip.includes('%')) return invalid('the address is no IP address')
  return { status, ip: raw.ip, port: integer(raw.port, 1, PORT_MAX, 'port') }
}
