import { decodeLogRecord, LIMITS, ProtocolError, type SignedRecord } from '../protocol/index.ts'
import { deriveProjectId, openEnvelope } from '../signer.ts'

/** A record with a valid signature, and its envelope. */
export interface OpenedRecord {
  readonly signed: SignedRecord
  readonly envelope: Uint8Array
}

/** @throws ProtocolError `too-large`, `bad-signature`, `malformed`, `invalid` */
export async function openRecord(envelope: Uint8Array): Promise<OpenedRecord> {
  if (envelope.byteLength > LIMITS.envelopeBytesMax)
    throw new ProtocolError('too-large', 'larger than an envelope may be')
  const { payload, signer, hash } = await openEnvelope('log', envelope)
  const record = decodeLogRecord(payload)
  const derivedProjectId =
    record.body.type === 'announce' ? deriveProjectId(signer, record.body.announce.nonce) : undefined
  return { signed: { record, signer, hash, derivedProjectId }, envelope }
}
