import { choice, decoding, hash, hashOrEmpty, invalid, integer, peerId, text, toHex, fromHex } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import * as wire from './wire/messages.js'

/** What the inviting node signs. */
export interface InvitePayload {
  /** Wall clock of the inviting node. */
  readonly expiresAtMs: number
  /** 16 hex digits that name a private swarm; empty for an open one. */
  readonly swarm: string
  /** 16 bytes as hex, from which the ticket is made; empty for an open swarm, which needs none. */
  readonly secret: string
  /** Multiaddrs of the inviting node without its peer id, in their binary form; the best first. */
  readonly addresses: readonly Uint8Array[]
}

/** Somebody who has an invitation asks for the swarm key. */
export interface JoinRequest {
  /** Peer id of the inviting node: the question is for nobody else. */
  readonly inviter: string
  /** Public key of the ticket, 32 bytes as hex. */
  readonly ticket: string
  /** X25519 key of this question alone, 32 bytes as hex. */
  readonly ephemeral: string
  /** What the machine calls itself. */
  readonly name: string
}

/** What becomes of a question. */
export type JoinStatus = 'welcome' | 'waiting' | 'refused' | 'unknown' | 'expired' | 'revoked' | 'used' | 'too-many'

export interface JoinReply {
  /** sha-256 of the question's envelope, as hex. */
  readonly request: string
  readonly status: JoinStatus
  /** X25519 key of this answer alone; empty unless `welcome`. */
  readonly ephemeral: string
  /** The swarm key, for the one who asked; empty unless `welcome`. */
  readonly sealed: Uint8Array
}

const STATUSES: readonly JoinStatus[] = [
  'welcome',
  'waiting',
  'refused',
  'unknown',
  'expired',
  'revoked',
  'used',
  'too-many'
]

const PROOF_BYTES = 64

const hexOfBytes = (bytes: Uint8Array, count: number, name: string): string =>
  bytes.byteLength === 0 || bytes.byteLength === count ? toHex(bytes) : invalid(`${name} is not ${count} bytes`)

const fields = ({ inviter, ticket, ephemeral, name }: JoinRequest) => ({
  inviter,
  ticket: fromHex(ticket),
  ephemeral: fromHex(ephemeral),
  name
})

export function encodeInvite({ expiresAtMs, swarm, secret, addresses }: InvitePayload): Uint8Array {
  return wire.Invite.encode({
    expiresAtMs,
    swarm: fromHex(swarm),
    secret: fromHex(secret),
    addresses: addresses.map((one) => new Uint8Array(one))
  })
}

/** @throws ProtocolError */
export function decodeInvite(payload: Uint8Array): InvitePayload {
  const raw = decoding(payload, LIMITS.inviteCharsMax, (bytes) => wire.Invite.decode(bytes))
  const swarm = hexOfBytes(raw.swarm, 8, 'swarm')
  const secret = hexOfBytes(raw.secret, 16, 'secret')
  if ((swarm === '') !== (secret === '')) return invalid('a swarm without a secret, or a secret without a swarm')
  const { addresses } = raw
  if (addresses.length === 0 || addresses.length > LIMITS.inviteAddressesMax) return invalid('the number of addresses')
  if (addresses.some(({ byteLength }) => byteLength === 0 || byteLength > LIMITS.inviteAddressBytesMax))
    return invalid('the size of an address')
  const expiresAtMs = integer(raw.expiresAtMs, 1, Number.MAX_SAFE_INTEGER, 'expiry')
  return { expiresAtMs, swarm, secret, addresses }
}

/** What the ticket's key signs: the whole question, and whose it is. */
export function joinProof(request: JoinRequest, joiner: string): Uint8Array {
  const whole = wire.JoinRequest.encode({ ...fields(request), proof: new Uint8Array() })
  return new Uint8Array([...new TextEncoder().encode(`grav1-ticket\0${joiner}\0`), ...whole])
}

export function encodeJoinRequest(request: JoinRequest, proof: Uint8Array): Uint8Array {
  return wire.JoinRequest.encode({ ...fields(request), proof: new Uint8Array(proof) })
}

/** @throws ProtocolError */
export function decodeJoinRequest(payload: Uint8Array): { readonly request: JoinRequest; readonly proof: Uint8Array } {
  const raw = decoding(payload, LIMITS.joinMessageBytesMax, (bytes) => wire.JoinRequest.decode(bytes))
  if (raw.proof.byteLength !== PROOF_BYTES) return invalid('the proof is not a signature')
  const request = {
    inviter: peerId(raw.inviter, 'inviter'),
    ticket: hash(raw.ticket, 'ticket'),
    ephemeral: hash(raw.ephemeral, 'ephemeral key'),
    name: text(raw.name, LIMITS.joinNameCharsMax, 'name')
  }
  return { request, proof: raw.proof }
}

export function encodeJoinReply({ request, status, ephemeral, sealed }: JoinReply): Uint8Array {
  const keys = { request: fromHex(request), ephemeral: fromHex(ephemeral) }
  return wire.JoinReply.encode({ ...keys, status, sealed: new Uint8Array(sealed) })
}

/** @throws ProtocolError */
export function decodeJoinReply(payload: Uint8Array): JoinReply {
  const raw = decoding(payload, LIMITS.joinMessageBytesMax, (bytes) => wire.JoinReply.decode(bytes))
  const status = choice(raw.status, STATUSES, 'status')
  const ephemeral = hashOrEmpty(raw.ephemeral, 'ephemeral key')
  if ((status === 'welcome') !== (ephemeral !== '' && raw.sealed.byteLength > 0))
    return invalid('a key without a welcome, or a welcome without a key')
  return { request: hash(raw.request, 'request'), status, ephemeral, sealed: raw.sealed }
}
