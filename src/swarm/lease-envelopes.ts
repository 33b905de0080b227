import { openEnvelope } from './signer.ts'
import {
  decodeClaim,
  decodeGrant,
  ProtocolError,
  type LeaseClaim,
  type LeaseGrant,
  type Token
} from './protocol/index.ts'

/** A worker's half of a lease whose signature holds. */
export interface OpenedClaim {
  readonly claim: LeaseClaim
  /** Peer id of the key that signed it. */
  readonly worker: string
}

/** Both halves of a lease, whose signatures hold. Whether these two may have signed it, the caller decides. */
export interface OpenedLease extends OpenedClaim {
  readonly grant: LeaseGrant
  readonly token: Token
  /** Peer id of the key that signed the grant. */
  readonly granter: string
}

export interface Parties {
  /** Peer id of the other side of the session. */
  readonly worker: string
  readonly owner: string
}

/** @throws ProtocolError */
export async function openLease(envelope: Uint8Array): Promise<OpenedLease> {
  const granted = await openEnvelope('grant', envelope)
  const grant = decodeGrant(granted.payload)
  const { claim, worker } = await openClaim(grant.claim)
  const { scene, epoch, attempt } = grant
  return { grant, claim, worker, granter: granted.signer, token: { projectId: claim.projectId, scene, epoch, attempt } }
}

/** [RULE 30] A claim is signed by the peer that sends it, for this owner. @throws ProtocolError */
export async function openClaimOf(envelope: Uint8Array, parties: Parties): Promise<LeaseClaim> {
  return checkParties(await openClaim(envelope), parties)
}

/** A lease that its worker shows: granted by the owner, over a claim of this worker for it. @throws ProtocolError */
export async function openLeaseOf(envelope: Uint8Array, parties: Parties): Promise<OpenedLease> {
  const lease = await openLease(envelope)
  if (lease.granter !== parties.owner) throw new ProtocolError('wrong-signer', 'a grant by another owner')
  checkParties(lease, parties)
  return lease
}

/** [RULE 38] A grant that is gossiped is signed by the project's owner and holds a claim that its worker signed. @throws ProtocolError */
export async function checkLease(
  envelope: Uint8Array,
  ownerOf: (projectId: string) => string | undefined
): Promise<{ readonly owner: string; readonly token: Token; readonly worker: string }> {
  const { granter, claim, token, worker } = await openLease(envelope)
  const known = ownerOf(token.projectId)
  if (known == null) throw new ProtocolError('unknown-project', 'a lease of a project that is not known here')
  if (granter !== known || claim.owner !== known)
    throw new ProtocolError('wrong-signer', 'a lease that the owner did not grant')
  return { owner: known, token, worker }
}

async function openClaim(envelope: Uint8Array): Promise<OpenedClaim> {
  const { payload, signer } = await openEnvelope('claim', envelope)
  return { claim: decodeClaim(payload), worker: signer }
}

function checkParties({ claim, worker }: OpenedClaim, parties: Parties): LeaseClaim {
  if (worker !== parties.worker || claim.owner !== parties.owner)
    throw new ProtocolError('wrong-signer', 'a claim by another peer or for another owner')
  return claim
}
