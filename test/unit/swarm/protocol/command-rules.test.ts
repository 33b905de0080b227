import { expect, test } from 'vitest'
import { checkCommand, commandKey, commandRefusal, mustRepeat, placeOf } from '../../../../src/swarm/protocol/index.ts'
import { OWNER, PROJECT, refusal, WORKER } from '../../../fixtures/protocol-samples.ts'

test('a command names a place as a request without a token does [RULE 60]', () => {
  const place = placeOf({ kind: 'set-output', projectId: PROJECT, output: '/films/a.mkv' })
  expect(place).toEqual({ output: '/films/a.mkv', overwrite: false, trusted: false })
})

test.each([
  [WORKER, WORKER, OWNER, 'taken'],
  [WORKER, 'another', OWNER, 'wrong-signer'],
  [WORKER, WORKER, 'another', 'wrong-signer']
])('signed by %s, from %s, for %s: %s [RULE 61]', (signer, peer, owner, expected) => {
  expect(refusal(() => checkCommand({ owner }, { signer, peer, self: OWNER }))).toBe(expected)
})

test('an id counts once for each peer [RULE 62]', () => {
  expect(commandKey('a', '1')).toBe(commandKey('a', '1'))
  expect(new Set([commandKey('a', '1'), commandKey('b', '1'), commandKey('a', '2')]).size).toBe(3)
})

test.each([
  [false, true, undefined],
  [false, false, 'refused'],
  [true, true, 'failed'],
  [true, false, 'failed']
])('too many %s, obeyed %s: %s [RULE 63]', (isTooMany, isObeyed, status) => {
  expect(commandRefusal({ isTooMany, isObeyed })?.status).toBe(status)
})

test('a new reign is repeated by who hears it from its author [RULE 22]', () => {
  expect([mustRepeat(true, 'a', 'a'), mustRepeat(true, 'b', 'a'), mustRepeat(false, 'a', 'a')]).toEqual([
    true,
    false,
    false
  ])
})
