import { openEnvelope } from './signer.ts'
import {
  checkClaim,
  checkShown,
  decodeClaim,
  decodeGrant,
  leaseOf,
  type LeaseClaim,
  type OpenedClaim,
  type OpenedLease,
  type Parties
} from './protocol/index.ts'

/** @throws ProtocolError */
export async function openLease(envelope: Uint8Array): Promise<OpenedLease> {
  const { payload, signer } = await openEnvelope('grant', envelope)
  const grant = decodeGrant(payload)
  return leaseOf(grant, signer, await openClaim(grant.claim))
}

/** @throws ProtocolError */
export async function openClaimOf(envelope: Uint8Array, parties: Parties): Promise<LeaseClaim> {
  return checkClaim(await openClaim(envelope), parties)
}

/** A lease that its worker shows. @throws ProtocolError */
export async function openLeaseOf(envelope: Uint8Array, parties: Parties): Promise<OpenedLease> {
  return checkShown(await openLease(envelope), parties)
}

async function openClaim(envelope: Uint8Array): Promise<OpenedClaim> {
  const { payload, signer } = await openEnvelope('claim', envelope)
  return { claim: decodeClaim(payload), worker: signer }
}
