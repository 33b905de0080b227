import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { createClaims } from '../../../../src/node/worker/claims.ts'
import { createSigner, deriveProjectId, type Signer } from '../../../../src/swarm/index.ts'
import { decodeClaim, encodeGrant, jobKey } from '../../../../src/swarm/protocol/index.ts'
import { openEnvelope } from '../../../../src/swarm/signer.ts'

const newSigner = async (): Promise<Signer> => createSigner(await generateKeyPair('Ed25519'))

async function stage() {
  const [worker, owner, stranger] = await Promise.all([newSigner(), newSigner(), newSigner()])
  const projectId = deriveProjectId(owner.peerId, 'ab'.repeat(16))
  const claim = {
    projectId,
    owner: owner.peerId,
    encoderBuild: 'aom/3.6.0/1f2e3d4c',
    probe: undefined,
    prefetch: false
  }
  const grant = async (by: Signer, envelope: Uint8Array): Promise<Uint8Array> =>
    by.sign(
      'grant',
      encodeGrant({ claim: envelope, scene: 4, epoch: 2, attempt: 1, ttlMs: 60_000, hardMs: 600_000, holders: [] })
    )
  return { worker, owner, stranger, claim, grant, key: jobKey({ projectId, scene: 4, epoch: 2, attempt: 1 }) }
}

test('a grant answers the claim with its number, once, and is kept until it is forgotten', async () => {
  const { worker, owner, claim, grant, key } = await stage()
  const claims = createClaims(worker)
  const envelope = await grant(owner, await claims.sign(7, claim))
  expect(await claims.granted(owner.peerId, envelope)).toMatchObject({
    type: 'granted',
    owner: owner.peerId,
    claimNo: 7,
    token: { projectId: claim.projectId, scene: 4, epoch: 2, attempt: 1 },
    ttlMs: 60_000,
    hardMs: 600_000
  })
  expect(claims.grantOf(key)?.envelope).toEqual(envelope)
  expect(await claims.granted(owner.peerId, envelope)).toBeUndefined()
  claims.forget(key)
  expect(claims.grantOf(key)).toBeUndefined()
})

test('a grant of another signer, from another session, to another worker or for a claim of another run counts for nothing', async () => {
  const { worker, owner, stranger, claim, grant, key } = await stage()
  const claims = createClaims(worker)
  const mine = await claims.sign(7, claim)
  expect(await claims.granted(owner.peerId, await grant(stranger, mine))).toBeUndefined()
  expect(await claims.granted(stranger.peerId, await grant(owner, mine))).toBeUndefined()
  const anothers = await createClaims(stranger).sign(7, claim)
  expect(await claims.granted(owner.peerId, await grant(owner, anothers))).toBeUndefined()
  const before = await createClaims(worker).sign(7, claim)
  expect(await claims.granted(owner.peerId, await grant(owner, before))).toBeUndefined()
  expect(claims.grantOf(key)).toBeUndefined()
  // None of these used the claim up.
  expect(await claims.granted(owner.peerId, await grant(owner, mine))).toMatchObject({ claimNo: 7 })
})

test('a claim that was refused cannot be granted any more', async () => {
  const { worker, owner, claim, grant } = await stage()
  const claims = createClaims(worker)
  const envelope = await claims.sign(7, claim)
  const { claimId } = decodeClaim((await openEnvelope('claim', envelope)).payload)
  expect(claims.refused(claimId)).toBe(7)
  expect(claims.refused(claimId)).toBeUndefined()
  expect(await claims.granted(owner.peerId, await grant(owner, envelope))).toBeUndefined()
})
