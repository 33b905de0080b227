import { createHash } from 'node:crypto'
import { decodeBeat, decodeLogRecord, ProtocolError } from '../../../src/swarm/protocol/index.ts'
import { deriveProjectId, sha256Hex } from '../../../src/swarm/signer.ts'
import type { OpenedEnvelope, SignedKind } from '../../../src/swarm/signer.ts'
import type { Beat, LogRecord, SignedRecord } from '../../../src/swarm/protocol/index.ts'

/** The signer of the simulation: a keyed hash instead of Ed25519, fast and just as impossible to forge for the nodes of a simulation, which never see a key. */
export interface SimKey {
  readonly peerId: string
  sign: (kind: SignedKind, payload: Uint8Array) => Uint8Array
}

const KINDS: readonly SignedKind[] = ['log', 'claim', 'grant', 'beat', 'command']
const TAG_BYTES = 16

export function createSimKey(peerId: string): SimKey {
  return {
    peerId,
    sign: (kind, payload) => {
      const head = new Uint8Array([KINDS.indexOf(kind), peerId.length, ...new TextEncoder().encode(peerId)])
      return new Uint8Array(Buffer.concat([tagOf(peerId, kind, payload), head, payload]))
    }
  }
}

/** @throws ProtocolError `bad-signature` */
export function openSimEnvelope(kind: SignedKind, envelope: Uint8Array): OpenedEnvelope {
  const known = opened.get(envelope)
  const result = known ?? openAny(envelope)
  if (known == null) opened.set(envelope, result)
  if (result.kind !== kind || result.envelope == null)
    throw new ProtocolError('bad-signature', 'the signature does not hold')
  return result.envelope
}

/** What a node finds out about a record: signature, form, id. The same bytes give the same answer, so it is worked out once. */
export function openSimRecord(envelope: Uint8Array): SignedRecord {
  return remembered(records, envelope, () => {
    const { payload, signer, hash } = openSimEnvelope('log', envelope)
    const record: LogRecord = decodeLogRecord(payload)
    const { body } = record
    const derivedProjectId = body.type === 'announce' ? deriveProjectId(signer, body.announce.nonce) : undefined
    return { record, signer, hash, derivedProjectId }
  })
}

export function openSimBeat(envelope: Uint8Array): { readonly beat: Beat; readonly signer: string } {
  return remembered(beats, envelope, () => {
    const { payload, signer } = openSimEnvelope('beat', envelope)
    return { beat: decodeBeat(payload), signer }
  })
}

interface Opened {
  readonly kind: SignedKind | undefined
  readonly envelope: OpenedEnvelope | undefined
}

type Remembered<T> = WeakMap<Uint8Array, { readonly value: T } | { readonly error: unknown }>

const opened = new WeakMap<Uint8Array, Opened>()
const records: Remembered<SignedRecord> = new WeakMap()
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
  const signer = Buffer.from(envelope.subarray(TAG_BYTES + 2, start)).toString()
  const payload = envelope.subarray(start)
  const holds = Buffer.compare(tagOf(signer, kind, payload), envelope.subarray(0, TAG_BYTES)) === 0
  return { kind, envelope: holds ? { payload, signer, hash: sha256Hex(envelope) } : undefined }
}

function tagOf(peerId: string, kind: SignedKind, payload: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(`secret of ${peerId} for ${kind}\0`).update(payload).digest()
  return new Uint8Array(hash.subarray(0, TAG_BYTES))
}
