import { ProtocolError } from './errors.ts'
import type { LeaseClaim, LeaseGrant, Maker, Token } from './types.ts'

/** A worker's half of a lease, with a valid signature. */
export interface OpenedClaim {
  readonly claim: LeaseClaim
  /** Peer id of the key that signed it. */
  readonly worker: string
}

/** Both halves of a lease, with valid signatures. The rules below say whether these two may have signed them. */
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

/** @param granter peer id of the key that signed the grant */
export function leaseOf(grant: LeaseGrant, granter: string, { claim, worker }: OpenedClaim): OpenedLease {
  const { scene, epoch, attempt } = grant
  return { grant, claim, worker, granter, token: { projectId: claim.projectId, scene, epoch, attempt } }
}

/** [RULE 30] A claim is signed by the peer that sends it, for this owner. @throws ProtocolError `wrong-signer` */
export function checkClaim({ claim, worker }: OpenedClaim, parties: Parties): LeaseClaim {
  if (worker !== parties.worker || claim.owner !== parties.owner)
    throw new ProtocolError('wrong-signer', 'a claim by another peer or for another owner')
  return claim
}

/** [RULE 35] Whether a grant that came from an owner is its own, over a claim of this worker. */
export const isGrantedBy = ({ granter, worker }: OpenedLease, parties: Parties): boolean =>
  granter === parties.owner && worker === parties.worker

/** [RULE 39] A lease that a worker shows counts when this owner granted it, over a claim of that worker for it. @throws ProtocolError `wrong-signer` */
export function checkShown(lease: OpenedLease, parties: Parties): OpenedLease {
  if (lease.granter !== parties.owner) throw new ProtocolError('wrong-signer', 'a grant by another owner')
  checkClaim(lease, parties)
  return lease
}

/** Who makes the scene, as its claim says. */
export const makerOfClaim = ({ encoderBuild, probe }: LeaseClaim): Maker => ({
  build: encoderBuild,
  probe: probe?.frames ?? ''
})
