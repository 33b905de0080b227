import { createHash } from 'node:crypto'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { decodeInvite, encodeInvite, type InvitePayload, LIMITS } from '../protocol/index.ts'
import { InviteError } from './invite-error.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

/** What an invitation says. */
export interface Invite extends Omit<InvitePayload, 'addresses'> {
  /** Peer id of the inviting node, whose signature it has. */
  readonly inviter: string
  /** Multiaddrs of the inviting node that end in its peer id; the best first. */
  readonly addresses: readonly string[]
}

const PREFIX = 'grav1:'
const VERSION = 1
/** Version, length, public key, signature; then the payload and the checksum. Later versions keep version, length and checksum where they are. */
const KEY_AT = 3
const SIGNATURE_AT = KEY_AT + 32
const PAYLOAD_AT = SIGNATURE_AT + 64
const CHECKSUM_BYTES = 4

const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, CHECKSUM_BYTES)

const signed = (payload: Uint8Array): Buffer => Buffer.concat([Buffer.from('grav1-invite/1\0'), payload])

/** A name for a private swarm that does not tell its key: 16 hex digits. */
export const swarmNameOf = (key: Uint8Array): string =>
  createHash('sha256').update('grav1-swarm\0').update(key).digest('hex').slice(0, 16)

/**
 * The text that invites a machine, in one line: base64url of a signed message with a checksum.
 * @param addresses multiaddrs of this node, the best first; what does not fit is left out
 */
export async function inviteText(
  privateKey: Ed25519PrivateKey,
  { addresses, ...rest }: Omit<Invite, 'inviter'>
): Promise<string> {
  const own = `/p2p/${peerIdFromPublicKey(privateKey.publicKey).toString()}`
  const packed = addresses
    .map((address) => multiaddr(address.endsWith(own) ? address.slice(0, -own.length) : address).bytes)
    .filter(({ byteLength }) => byteLength > 0 && byteLength <= LIMITS.inviteAddressBytesMax)
    .slice(0, LIMITS.inviteAddressesMax)
  const payload = encodeInvite({ ...rest, addresses: packed })
  const head = Buffer.alloc(KEY_AT)
  head.writeUInt8(VERSION, 0)
  head.writeUInt16BE(PAYLOAD_AT + payload.byteLength + CHECKSUM_BYTES, 1)
  const signature = await privateKey.sign(signed(payload))
  const body = Buffer.concat([head, privateKey.publicKey.raw, signature, payload])
  return `${PREFIX}${Buffer.concat([body, checksum(body)]).toString('base64url')}`
}

/** @throws InviteError with a sentence that says what is wrong with the text */
export async function readInvite(text: string): Promise<Invite> {
  const bytes = bytesOf(text.trim())
  const key = publicKeyFromRaw(bytes.subarray(KEY_AT, SIGNATURE_AT))
  const payload = bytes.subarray(PAYLOAD_AT, -CHECKSUM_BYTES)
  if (!(await isSigned(key, payload, bytes.subarray(SIGNATURE_AT, PAYLOAD_AT))))
    throw new InviteError('forged', 'The node that this invitation names did not make it.')
  const inviter = peerIdFromPublicKey(key).toString()
  try {
    const { addresses, ...rest } = decodeInvite(payload)
    return { ...rest, inviter, addresses: addresses.map((one) => `${multiaddr(one).toString()}/p2p/${inviter}`) }
  } catch (cause) {
    throw new InviteError('forged', 'The contents of this invitation are not valid.', { cause })
  }
}

async function isSigned(
  key: ReturnType<typeof publicKeyFromRaw>,
  payload: Uint8Array,
  signature: Uint8Array
): Promise<boolean> {
  try {
    return await key.verify(signed(payload), signature)
  } catch {
    return false
  }
}

/** The bytes of a text whose checksum is right. @throws InviteError */
function bytesOf(text: string): Buffer {
  if (!text.startsWith(PREFIX) || text.length > LIMITS.inviteCharsMax)
    throw new InviteError(
      'no-invite',
      `This is not an invitation, which begins with "${PREFIX}". "grav1 invite" makes one.`
    )
  const digits = text.slice(PREFIX.length)
  const bytes = Buffer.from(digits, 'base64url')
  const length = bytes.byteLength < KEY_AT ? undefined : bytes.readUInt16BE(1)
  if (length === undefined || bytes.byteLength < length)
    throw new InviteError('cut-off', 'The invitation is cut off: copy the whole line.')
  const body = bytes.subarray(0, -CHECKSUM_BYTES)
  const isWhole = bytes.byteLength === length && bytes.toString('base64url') === digits
  if (!isWhole || !checksum(body).equals(bytes.subarray(-CHECKSUM_BYTES)))
    throw new InviteError('mistyped', 'The invitation has a wrong character: copy it, do not type it.')
  if (bytes[0] !== VERSION)
    throw new InviteError('newer-version', 'A later version of grav1 made this invitation: upgrade grav1 here.')
  if (length < PAYLOAD_AT + CHECKSUM_BYTES) throw new InviteError('forged', 'This invitation is empty.')
  return bytes
}
