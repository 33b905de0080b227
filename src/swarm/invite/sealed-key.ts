import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject
} from 'node:crypto'

/** A pair of X25519 keys for one question or one answer. */
export interface Ephemeral {
  /** 32 bytes as hex. */
  readonly publicHex: string
  readonly privateKey: KeyObject
}

const CIPHER = 'chacha20-poly1305'
const TAG_BYTES = 16
const KEY_BYTES = 32
/** Each key seals one text, so the nonce need not differ. */
const NONCE = new Uint8Array(12)

export function newEphemeral(): Ephemeral {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { publicHex: Buffer.from(x, 'base64url').toString('hex'), privateKey }
}

/** @throws Error for a key that gives no secret */
function sharedKey({ privateKey }: Ephemeral, theirs: string, request: string): Uint8Array {
  const jwk = { kty: 'OKP', crv: 'X25519', x: Buffer.from(theirs, 'hex').toString('base64url') }
  const shared = diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) })
  return new Uint8Array(hkdfSync('sha256', shared, Buffer.from(request, 'hex'), 'grav1 join', KEY_BYTES))
}

/**
 * Encrypts for the holder of one X25519 key.
 * @param request hash of the question that this answers, as hex
 * @throws Error for a key that gives no secret
 */
export function seal(own: Ephemeral, theirs: string, request: string, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, sharedKey(own, theirs, request), NONCE, { authTagLength: TAG_BYTES })
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws Error where it was not sealed for this key and this question */
export function unseal(own: Ephemeral, theirs: string, request: string, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(CIPHER, sharedKey(own, theirs, request), NONCE, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
}
