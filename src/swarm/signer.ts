import { createHash } from 'node:crypto'
import { peerIdFromPrivateKey, peerIdFromPublicKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { base32 } from 'multiformats/bases/base32'
import { equals } from 'uint8arrays/equals'
import { fromHex, ProtocolError } from './protocol/index.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

const PAYLOAD_TYPE = new TextEncoder().encode('/grav1/1')

/** What a signature is for: one made for a claim proves nothing about a grant. */
export type SignedKind = 'log' | 'claim' | 'grant' | 'beat' | 'command' | 'join' | 'join-reply' | 'manifest'

/** An envelope with a valid signature. */
export interface OpenedEnvelope {
  readonly payload: Uint8Array
  /** Peer id of the key that signed. */
  readonly signer: string
  /** sha-256 (hex) of the envelope's bytes. */
  readonly hash: string
}

export interface Signer {
  readonly peerId: string
  /** @returns the envelope's bytes: what is stored and forwarded. */
  sign: (kind: SignedKind, payload: Uint8Array) => Promise<Uint8Array>
}

export function createSigner(privateKey: Ed25519PrivateKey): Signer {
  return {
    peerId: peerIdFromPrivateKey(privateKey).toString(),
    sign: async (kind, payload) => {
      const record = { domain: domain(kind), codec: PAYLOAD_TYPE, marshal: () => payload, equals: () => false }
      return (await RecordEnvelope.seal(record, privateKey)).marshal()
    }
  }
}

/** @throws ProtocolError `bad-signature` when the envelope or its signature is not valid. */
export async function openEnvelope(kind: SignedKind, envelope: Uint8Array): Promise<OpenedEnvelope> {
  const opened = await certify(kind, envelope)
  // [RULE 10] An envelope has one encoding: with bytes that the signature does not cover, anybody could turn one record into two.
  if (!equals(opened.marshal(), envelope))
    throw new ProtocolError('bad-signature', 'not in the encoding that was signed')
  return {
    payload: opened.payload,
    signer: peerIdFromPublicKey(opened.publicKey).toString(),
    hash: sha256Hex(envelope)
  }
}

async function certify(kind: SignedKind, envelope: Uint8Array): Promise<RecordEnvelope> {
  try {
    return await RecordEnvelope.openAndCertify(envelope, domain(kind))
  } catch (cause) {
    throw new ProtocolError('bad-signature', 'the signature is not valid', { cause })
  }
}

/** [RULE 11] The id of a project: 128 bits of the hash of its owner's peer id and the nonce, as base32. */
export function deriveProjectId(owner: string, nonce: string): string {
  const digest = createHash('sha256')
    .update('grav1-project\0')
    .update(owner)
    .update('\0')
    .update(fromHex(nonce))
    .digest()
  return base32.encode(digest.subarray(0, 16)).slice(1)
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function domain(kind: SignedKind): string {
  return `grav1-${kind}`
}
