import {
  decodeBeat,
  decodeClaim,
  decodeGrant,
  decodeLogRecord,
  leaseOf,
  ProtocolError
} from '../../../src/swarm/protocol/index.ts'
import { deriveProjectId, sha256Hex } from '../../../src/swarm/signer.ts'
import type { SignedKind } from '../../../src/swarm/signer.ts'
import type { Beat, LogRecord, OpenedClaim, OpenedLease, SignedRecord } from '../../../src/swarm/protocol/index.ts'

/** An envelope whose signature holds. */
export interface SimEnvelope {
  readonly payload: Uint8Array
  readonly signer: string
}

/** The signer of the simulation: a keyed checksum instead of Ed25519, fast and just as impossible to forge for the nodes of a simulation, which never see a key. */
export interface SimKey {
  readonly peerId: string
  sign: (kind: SignedKind, payload: Uint8Array) => Uint8Array
}

const KINDS: readonly SignedKind[] = ['log', 'claim', 'grant', 'beat', 'command']
const TAG_BYTES = 8
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function createSimKey(peerId: string): SimKey {
  return { peerId, sign: (kind, payload) => sealed(peerId, kind, payload, tagOf(peerId, kind, payload)) }
}

/** An envelope in the name of somebody else, as good as it gets without the key. */
export function forgeSimEnvelope(signer: string, kind: SignedKind, payload: Uint8Array): Uint8Array {
  return sealed(signer, kind, payload, new Uint8Array(TAG_BYTES))
}

/** @throws ProtocolError `bad-signature` */
export function openSimEnvelope(kind: SignedKind, envelope: Uint8Array): SimEnvelope {
  const known = opened.get(envelope)
  const result = known ?? openAny(envelope)
  if (known == null) opened.set(envelope, result)
  if (result.kind !== kind || result.envelope == null)
    throw new ProtocolError('bad-signature', 'the signature is not valid')
  return result.envelope
}

/** What a node finds out about a record: signature, form, id. The same bytes give the same answer, so it is worked out once. */
export function openSimRecord(envelope: Uint8Array): SignedRecord {
  return remembered(records, envelope, () => {
    const { payload, signer } = openSimEnvelope('log', envelope)
    const record: LogRecord = decodeLogRecord(payload)
    const { body } = record
    const derivedProjectId = body.type === 'announce' ? deriveProjectId(signer, body.announce.nonce) : undefined
    return { record, signer, hash: sha256Hex(envelope), derivedProjectId }
  })
}

export function openSimBeat(envelope: Uint8Array): { readonly beat: Beat; readonly signer: string } {
  return remembered(beats, envelope, () => {
    const { payload, signer } = openSimEnvelope('beat', envelope)
    return { beat: decodeBeat(payload), signer }
  })
}

/** The two halves of a lease. */
export function openSimLease(envelope: Uint8Array): OpenedLease {
  return remembered(leases, envelope, () => {
    const { payload, signer } = openSimEnvelope('grant', envelope)
    const grant = decodeGrant(payload)
    return leaseOf(grant, signer, openSimClaim(grant.claim))
  })
}

export function openSimClaim(envelope: Uint8Array): OpenedClaim {
  const { payload, signer } = openSimEnvelope('claim', envelope)
  return { claim: decodeClaim(payload), worker: signer }
}

interface Opened {
  readonly kind: SignedKind | undefined
  readonly envelope: SimEnvelope | undefined
}

type Remembered<T> = WeakMap<Uint8Array, { readonly value: T } | { readonly error: unknown }>

const opened = new WeakMap<Uint8Array, Opened>()
const records: Remembered<SignedRecord> = new WeakMap()
const leases: Remembered<OpenedLease> = new WeakMap()
const beats: Remembered<{ readonly beat: Beat; readonly signer: string }> = new WeakMap()

function remembered<T>(memory: Remembered<T>, envelope: Uint8Array, work: () => T): T {
  let known = memory.get(envelope)
  if (known == null) {
    try {
      known = { value: work() }
    } catch (error) {
      known = { error }
    }
    memory.set(envelope, known)
  }
  if ('error' in known) throw known.error
  return known.value
}

function openAny(envelope: Uint8Array): Opened {
  const kind = KINDS[envelope[TAG_BYTES] ?? 255]
  const length = envelope[TAG_BYTES + 1] ?? 0
  const start = TAG_BYTES + 2 + length
  if (kind == null || envelope.byteLength < start) return { kind: undefined, envelope: undefined }
  const signer = decoder.decode(envelope.subarray(TAG_BYTES + 2, start))
  const payload = envelope.subarray(start)
  const tag = tagOf(signer, kind, payload)
  const holds = tag.every((byte, at) => envelope[at] === byte)
  return { kind, envelope: holds ? { payload, signer } : undefined }
}

function sealed(peerId: string, kind: SignedKind, payload: Uint8Array, tag: Uint8Array): Uint8Array {
  const name = encoder.encode(peerId)
  const envelope = new Uint8Array(TAG_BYTES + 2 + name.length + payload.length)
  envelope.set(tag)
  envelope[TAG_BYTES] = KINDS.indexOf(kind)
  envelope[TAG_BYTES + 1] = name.length
  envelope.set(name, TAG_BYTES + 2)
  envelope.set(payload, TAG_BYTES + 2 + name.length)
  return envelope
}

/** Two multiplicative checksums of 32 bits, begun with what only the signer knows. */
function tagOf(peerId: string, kind: SignedKind, payload: Uint8Array): Uint8Array {
  let [one, two] = secretOf(peerId)
  one = Math.imul(one ^ KINDS.indexOf(kind), 0x9e3779b1)
  for (const byte of payload) {
    one = Math.imul(one ^ byte, 0x01000193)
    two = Math.imul(two + byte, 0x85ebca6b) ^ (two >>> 13)
  }
  const tag = new Uint8Array(TAG_BYTES)
  new DataView(tag.buffer).setInt32(0, one ^ (one >>> 15))
  new DataView(tag.buffer).setInt32(4, two ^ (two >>> 16))
  return tag
}

const secrets = new Map<string, readonly [number, number]>()

function secretOf(peerId: string): readonly [number, number] {
  let secret = secrets.get(peerId)
  if (secret == null) {
    const view = new DataView(
      Uint8Array.from(Buffer.from(sha256Hex(encoder.encode(`secret of ${peerId}`)), 'hex')).buffer
    )
    secret = [view.getInt32(0), view.getInt32(4)]
    secrets.set(peerId, secret)
  }
  return secret
}
