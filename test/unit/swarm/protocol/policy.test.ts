import { expect, test } from 'vitest'
import { mayDo, peerClassOf, type PeerClass, type PeerFacts, type Right } from '../../../../src/swarm/protocol/index.ts'

const RIGHTS: readonly Right[] = ['connect', 'encode', 'room', 'command', 'pieces', 'titles', 'film', 'unproved']

const NOBODY: PeerFacts = {
  isSelf: false,
  isBanned: false,
  isTrusted: false,
  isMember: false,
  isIntroduced: false,
  isLocal: () => false
}

test.for([
  ['self', 'all', RIGHTS],
  ['trusted', 'all', RIGHTS],
  ['member', 'all', RIGHTS],
  ['introduced', 'all', RIGHTS.filter((right) => right !== 'command')],
  ['local', 'all', RIGHTS.filter((right) => right !== 'command')],
  ['stranger', 'all', ['connect', 'pieces', 'titles']],
  ['stranger', 'trusted', ['connect']],
  ['local', 'trusted', RIGHTS.filter((right) => right !== 'command')],
  ['banned', 'all', []],
  ['banned', 'trusted', []]
] as const)('%s, sharing with %s', ([peerClass, share, rights]) => {
  expect(RIGHTS.filter((right) => mayDo(peerClass, right, share))).toEqual(rights)
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
