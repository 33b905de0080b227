import { expect, test } from 'vitest'
import {
  answerWithoutProject,
  isHeldAgainst,
  isRenewalDue,
  isTokenMessage,
  jobKey,
  noSuchProject,
  takenBack,
  workerEventOf,
  type Job,
  type OwnerState
} from '../../../../src/swarm/protocol/index.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

const token = { projectId: PROJECT, scene: 3, epoch: 1, attempt: 2 }

test('a worker that works for a project that is gone is told to stop', () => {
  const answer = { type: 'revoke', token, reason: 'no such project' }
  expect(answerWithoutProject({ type: 'renew', token, pass: 1, frames: 5, paused: false })).toEqual(answer)
})

test('a result of a project that is gone is settled, so that the worker need not keep it', () => {
  const blob = { sha256: 'a'.repeat(64), bytes: 10 }
  expect(answerWithoutProject({ type: 'result', token, blob, encodeMs: 5, quantiser: undefined })).toEqual({
    type: 'settled',
    token,
    accepted: false,
    reason: 'no such project'
  })
})

test('what a worker gives back needs no answer', () => {
  expect(answerWithoutProject({ type: 'release', token, kind: 'left', reason: '' })).toBeUndefined()
})

test('a scene is taken back from a worker only where its result could reach programs without a sandbox', () => {
  expect(takenBack(token, undefined)).toBeUndefined()
  expect(takenBack(token, 'not-shared')).toBeUndefined()
  const { release, revoke } = takenBack(token, 'owner-no-sandbox') ?? {}
  const reason = expect.stringContaining('it has no sandbox') as string
  expect(revoke).toEqual({ type: 'revoke', token, reason })
  // Nobody's fault.
  expect(release).toEqual({ type: 'release', token, kind: 'left', reason })
})

test('messages of owners are not a worker’s words on a scene', () => {
  expect(isTokenMessage({ type: 'revoke', token, reason: '' })).toBe(false)
  expect(isTokenMessage(noSuchProject('0'.repeat(32)))).toBe(false)
  expect(isTokenMessage({ type: 'release', token, kind: 'failed', reason: 'x' })).toBe(true)
})

test('what is given back is held against a worker only where it failed and had the scene [RULE 56]', () => {
  const leases = [{ worker: 'w', epoch: 1, attempt: 2 }]
  const state = { scenes: [{ leases: [] }, { leases: [] }, { leases: [] }, { leases }] } as unknown as OwnerState
  const release = { type: 'release', token, kind: 'failed', reason: '' } as const
  expect(isHeldAgainst(state, 'w', release)).toBe(true)
  expect(isHeldAgainst(state, 'w', { ...release, kind: 'declined' })).toBe(true)
  expect(isHeldAgainst(state, 'w', { ...release, kind: 'left' })).toBe(false)
  expect(isHeldAgainst(state, 'x', release)).toBe(false)
  expect(isHeldAgainst(state, 'w', { ...release, token: { ...token, attempt: 1 } })).toBe(false)
  expect(isHeldAgainst(state, 'w', { ...release, token: { ...token, scene: 9 } })).toBe(false)
})

test('an owner’s word is an event of the worker’s rules; what only workers send is none', () => {
  const claims = new Map([['c', 7]])
  const event = (message: Parameters<typeof workerEventOf>[1]) => workerEventOf('o', message, (id) => claims.get(id))
  const settled = { type: 'settled', owner: 'o', key: jobKey(token) }
  expect(event({ type: 'no-work', claimId: 'c', code: 'queued', reason: '' })).toEqual({
    type: 'no-work',
    claimNo: 7,
    says: 'queued'
  })
  expect(event({ type: 'no-work', claimId: 'another', code: 'none', reason: '' })).toBeUndefined()
  expect(event({ type: 'wake', projectId: PROJECT })).toEqual({ type: 'wake', projectId: PROJECT })
  expect(event({ type: 'revoke', token, reason: '' })).toEqual(settled)
  expect(event({ type: 'settled', token, accepted: true, reason: '' })).toEqual(settled)
  expect(event({ type: 'renew', token, pass: 1, frames: 5, paused: false })).toBeUndefined()
  expect(event({ type: 'claim', envelope: new Uint8Array() })).toBeUndefined()
})

test('a job is renewed when it has frames to report, or after up to a third of its ttl', () => {
  const job = { stage: 'encoding', pass: 1, frames: 5, ttlMs: 90_000, paused: false } as Job
  const told = { atMs: 1000, pass: 1, frames: 5, paused: false, fetched: true }
  expect(isRenewalDue(job, undefined, 1000, 1)).toBe(true)
  expect(isRenewalDue(job, told, 30_999, 1)).toBe(false)
  expect(isRenewalDue(job, told, 31_000, 1)).toBe(true)
  expect(isRenewalDue(job, told, 24_999, 0)).toBe(false)
  expect(isRenewalDue(job, told, 25_000, 0)).toBe(true)
  expect(isRenewalDue({ ...job, frames: 6 }, told, 1001, 1)).toBe(true)
  expect(isRenewalDue({ ...job, pass: 2 }, told, 1001, 1)).toBe(true)
  expect(isRenewalDue({ ...job, paused: true }, told, 1001, 1)).toBe(true)
  expect(isRenewalDue({ ...job, stage: 'delivering', frames: 6 }, told, 90_000, 0)).toBe(false)
})
