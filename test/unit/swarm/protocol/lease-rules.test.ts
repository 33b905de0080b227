import { expect, test } from 'vitest'
import {
  checkClaim,
  checkShown,
  isGrantedBy,
  leaseOf,
  makerOfClaim,
  type LeaseClaim
} from '../../../../src/swarm/protocol/index.ts'
import { OWNER, PROJECT, refusal, WORKER } from '../../../fixtures/protocol-samples.ts'

const STRANGER = 'stranger'
const claim: LeaseClaim = {
  projectId: PROJECT,
  owner: OWNER,
  claimId: 'ab'.repeat(16),
  encoderBuild: 'aom/3.6.0/1f2e3d4c',
  probe: undefined,
  prefetch: false
}
const parties = { worker: WORKER, owner: OWNER }
const lease = (granter: string, worker: string, of = claim) =>
  leaseOf({ claim: new Uint8Array(), scene: 3, epoch: 2, attempt: 1, ttlMs: 1, hardMs: 1, holders: [] }, granter, {
    claim: of,
    worker
  })

test('a lease has the project of its claim and the numbers of its grant', () => {
  expect(lease(OWNER, WORKER).token).toEqual({ projectId: PROJECT, scene: 3, epoch: 2, attempt: 1 })
})

test('a claim counts from the peer that signed it, at the owner that it is for [RULE 30]', () => {
  expect(checkClaim({ claim, worker: WORKER }, parties)).toBe(claim)
  expect(refusal(() => checkClaim({ claim, worker: STRANGER }, parties))).toBe('wrong-signer')
  expect(refusal(() => checkClaim({ claim: { ...claim, owner: STRANGER }, worker: WORKER }, parties))).toBe(
    'wrong-signer'
  )
})

test('a worker takes a grant of this owner over its own claim [RULE 35]', () => {
  expect(isGrantedBy(lease(OWNER, WORKER), parties)).toBe(true)
  expect(isGrantedBy(lease(STRANGER, WORKER), parties)).toBe(false)
  expect(isGrantedBy(lease(OWNER, STRANGER), parties)).toBe(false)
})

test('an owner takes a shown lease that it granted to the worker that shows it [RULE 39]', () => {
  expect(checkShown(lease(OWNER, WORKER), parties).granter).toBe(OWNER)
  expect(refusal(() => checkShown(lease(STRANGER, WORKER), parties))).toBe('wrong-signer')
  expect(refusal(() => checkShown(lease(OWNER, STRANGER), parties))).toBe('wrong-signer')
  expect(refusal(() => checkShown(lease(OWNER, WORKER, { ...claim, owner: STRANGER }), parties))).toBe('wrong-signer')
})

test('the maker of a scene is the build and the probe of its claim', () => {
  const build = claim.encoderBuild
  expect(makerOfClaim(claim)).toEqual({ build, probe: '' })
  expect(makerOfClaim({ ...claim, probe: { frames: 'aa', header: 'bb' } })).toEqual({ build, probe: 'aa' })
})
