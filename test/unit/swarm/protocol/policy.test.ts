import { expect, test } from 'vitest'
import {
  isTold,
  mayDo,
  peerClassOf,
  type PeerClass,
  type PeerFacts,
  type Right,
  type Terms
} from '../../../../src/swarm/protocol/index.ts'
import { RIGHTS } from '../../../fixtures/rights.ts'

const NOBODY: PeerFacts = {
  isSelf: false,
  isBanned: false,
  isTrusted: false,
  isMember: false,
  isIntroduced: false,
  isLocal: () => false
}

const KNOWN = RIGHTS.filter((right) => right !== 'command')

test.for<readonly [PeerClass, 'boxed' | 'unboxed', Terms['share'], readonly Right[]]>([
  ['self', 'boxed', 'all', RIGHTS],
  ['self', 'unboxed', 'trusted', RIGHTS],
  ['trusted', 'boxed', 'all', RIGHTS],
  ['trusted', 'unboxed', 'all', RIGHTS],
  ['member', 'boxed', 'all', RIGHTS],
  ['member', 'unboxed', 'all', RIGHTS],
  ['introduced', 'boxed', 'all', KNOWN],
  ['introduced', 'unboxed', 'all', KNOWN],
  ['local', 'boxed', 'trusted', KNOWN],
  ['local', 'unboxed', 'all', KNOWN],
  ['stranger', 'boxed', 'all', ['connect', 'results', 'pieces', 'log']],
  ['stranger', 'unboxed', 'all', ['connect', 'pieces', 'log']],
  ['stranger', 'boxed', 'trusted', ['connect']],
  ['stranger', 'unboxed', 'trusted', ['connect']],
  ['banned', 'boxed', 'all', []],
  ['banned', 'unboxed', 'trusted', []]
])('%s, with programs %s, sharing with %s', ([peerClass, programs, share, rights]) => {
  expect(RIGHTS.filter((right) => mayDo(peerClass, right, { share, isBoxed: programs === 'boxed' }))).toEqual(rights)
})

test.for<readonly [string, string, Terms['share'], PeerClass, boolean]>([
  ['a stranger', 'foe', 'all', 'stranger', true],
  ['a stranger', 'foe', 'trusted', 'stranger', false],
  ['a machine of the house', 'friend', 'trusted', 'local', true],
  ['the owner itself, that nobody knows,', 'owner', 'trusted', 'stranger', true]
])('%s is told of a project that is for whom it should be', ([, peer, share, peerClass, told]) => {
  const may = (asked: Terms['share']): boolean => mayDo(peerClass, 'log', { share: asked, isBoxed: true })
  expect(isTold(peer, { owner: 'owner', announce: { share } }, may)).toBe(told)
})

const near = (): boolean => true

test.for<readonly [PeerClass, Partial<PeerFacts>]>([
  ['self', { isSelf: true, isBanned: true, isTrusted: true }],
  ['banned', { isBanned: true, isTrusted: true, isMember: true, isIntroduced: true, isLocal: near }],
  ['trusted', { isTrusted: true, isMember: true, isLocal: near }],
  ['member', { isMember: true, isIntroduced: true }],
  ['introduced', { isIntroduced: true, isLocal: near }],
  ['local', { isLocal: near }],
  ['stranger', {}]
])('%s comes before what follows it', ([peerClass, facts]) => {
  expect(peerClassOf({ ...NOBODY, ...facts })).toBe(peerClass)
})
