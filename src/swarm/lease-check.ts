import { openEnvelope } from './signer.ts'
import { decodeClaim, decodeGrant, ProtocolError } from './protocol/index.ts'

/** [RULE 38] A grant that is gossiped is signed by the project's owner and holds a claim that its worker signed. */
export async function checkLease(
  envelope: Uint8Array,
  ownerOf: (projectId: string) => string | undefined
): Promise<{ readonly owner: string; readonly epoch: number }> {
  const grant = await openEnvelope('grant', envelope)
  const { claim: claimed, epoch } = decodeGrant(grant.payload)
  const claim = await openEnvelope('claim', claimed)
  const { projectId, owner } = decodeClaim(claim.payload)
  const known = ownerOf(projectId)
  if (known == null) throw new ProtocolError('unknown-project', 'a lease of a project that is not known here')
  if (grant.signer !== known || owner !== known)
    throw new ProtocolError('wrong-signer', 'a lease granted by another than the owner')
  return { owner, epoch }
}
