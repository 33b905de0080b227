import { decodeClaim, decodeGrant, ProtocolError, type LeaseClaim, type Token } from '../../swarm/protocol/index.ts'
import { openEnvelope } from '../../swarm/index.ts'

export interface Parties {
  /** Peer id of the other side of the session. */
  readonly worker: string
  readonly owner: string
}

/** [RULE 30] A claim is signed by the peer that sends it, for this owner. @throws ProtocolError */
export async function openClaim(envelope: Uint8Array, { worker, owner }: Parties): Promise<LeaseClaim> {
  const opened = await openEnvelope('claim', envelope)
  const claim = decodeClaim(opened.payload)
  if (opened.signer !== worker || claim.owner !== owner)
    throw new ProtocolError('wrong-signer', 'a claim of another peer or for another owner')
  return claim
}

/** A grant that its worker shows: signed by the owner, over a claim of this worker for it. @throws ProtocolError */
export async function openGrant(
  envelope: Uint8Array,
  { worker, owner }: Parties
): Promise<{ readonly token: Token; readonly claim: LeaseClaim }> {
  const opened = await openEnvelope('grant', envelope)
  if (opened.signer !== owner) throw new ProtocolError('wrong-signer', 'a grant of another owner')
  const grant = decodeGrant(opened.payload)
  const claim = await openClaim(grant.claim, { worker, owner })
  const { scene, epoch, attempt } = grant
  return { token: { projectId: claim.projectId, scene, epoch, attempt }, claim }
}
