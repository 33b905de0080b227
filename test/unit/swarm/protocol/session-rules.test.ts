import { expect, test } from 'vitest'
import { answerWithoutProject, isTokenMessage, noSuchProject } from '../../../../src/swarm/protocol/index.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

const token = { projectId: PROJECT, scene: 3, epoch: 1, attempt: 2 }

test('a worker that works for a project that is gone is told to stop', () => {
  const answer = { type: 'revoke', token, reason: 'no such project' }
  expect(answerWithoutProject({ type: 'renew', token, pass: 1, frames: 5 })).toEqual(answer)
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

test('messages of owners are not a worker’s words on a scene', () => {
  expect(isTokenMessage({ type: 'revoke', token, reason: '' })).toBe(false)
  expect(isTokenMessage(noSuchProject('0'.repeat(32)))).toBe(false)
  expect(isTokenMessage({ type: 'release', token, kind: 'failed', reason: 'x' })).toBe(true)
})
