import { hkdfSync, randomBytes } from 'node:crypto'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'

const SECRET_BYTES = 16
const SEED_BYTES = 32

/** 128 random bits as hex: only the text of the invitation holds them. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('hex')

/** The key of a ticket. The node that invites keeps the public half only, so that its disk lets nobody in. */
export async function ticketKey(secret: string): Promise<Ed25519PrivateKey> {
  const seed = hkdfSync('sha256', Buffer.from(secret, 'hex'), '', 'grav1 ticket', SEED_BYTES)
  return generateKeyPairFromSeed('Ed25519', new Uint8Array(seed))
}

/** The public half of a ticket's key, as hex. */
export const ticketOf = async (secret: string): Promise<string> =>
  Buffer.from((await ticketKey(secret)).publicKey.raw).toString('hex')
