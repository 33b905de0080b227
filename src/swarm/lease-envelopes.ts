import { openEnvelope } from './signer.ts'
import {
  checkClaim,
  checkGossiped,
  checkShown,
  decodeClaim,
  decodeGrant,
  leaseOf,
  type LeaseClaim,
  type OpenedClaim,
  type OpenedLease,
  type Parties,
  type Token
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

/** A lease that was gossiped. @throws ProtocolError */
export async function checkLease(
  envelope: Uint8Array,
  ownerOf: (projectId: string) => string | undefined
): Promise<{ readonly owner: string; readonly token: Token; readonly worker: string }> {
  const lease = await openLease(envelope)
  return { owner: checkGossiped(lease, ownerOf), token: lease.token, worker: lease.worker }
}

async function openClaim(envelope: Uint8Array): Promise<OpenedClaim> {
  const { payload, signer } = await openEnvelope('claim', envelope)
  return { claim: decodeClaim(payload), worker: signer }
}
