import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { createTrust } from '../../../src/node/trust.ts'
import { OWNER, WORKER } from '../../fixtures/protocol-samples.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'

const SELF = '12D3KooWSelf'

/** A node with these connections: peer and address. */
function nodeWith(...connections: readonly (readonly [peer: string, address: string])[]): SwarmNode {
  return {
    peerId: { toString: () => SELF },
    getConnections: () =>
      connections.map(([peer, address]) => ({
        remotePeer: { toString: () => peer },
        remoteAddr: multiaddr(address)
      }))
  } as unknown as SwarmNode
}
const NONE = { bootstrap: [], trust: [] }

test('oneself, always; a stranger, never', () => {
  const isTrusted = createTrust(nodeWith(), NONE)
  expect(isTrusted(SELF)).toBe(true)
  expect(isTrusted(WORKER)).toBe(false)
})

test.for([
  ['/ip4/127.0.0.1/tcp/1', true],
  ['/ip4/192.168.1.9/tcp/1', true],
  ['/ip4/10.1.2.3/tcp/1', true],
  ['/ip6/::1/tcp/1', true],
  ['/ip4/8.8.8.8/tcp/1', false],
  ['/ip6/2606:4700::1111/tcp/1', false]
] as const)('a peer connected from %s: %s', ([address, trusted]) => {
  expect(createTrust(nodeWith([WORKER, address]), NONE)(WORKER)).toBe(trusted)
  // Whoever else is near says nothing about him.
  expect(createTrust(nodeWith([OWNER, address]), NONE)(WORKER)).toBe(false)
})

test('peers that are named, wherever they are', () => {
  const far = nodeWith([WORKER, '/ip4/8.8.8.8/tcp/1'])
  expect(createTrust(far, { ...NONE, trust: [WORKER] })(WORKER)).toBe(true)
  expect(createTrust(far, { ...NONE, trust: [OWNER] })(WORKER)).toBe(false)
  expect(createTrust(far, { ...NONE, trust: ['all'] })(WORKER)).toBe(true)
  expect(createTrust(far, { ...NONE, bootstrap: [`/ip4/8.8.8.8/tcp/1/p2p/${WORKER}`] })(WORKER)).toBe(true)
  expect(createTrust(far, { ...NONE, bootstrap: ['/ip4/8.8.8.8/tcp/1'] })(WORKER)).toBe(false)
})

test('of a relayed address the last peer is the one that is named', () => {
  const bootstrap = [`/ip4/8.8.8.8/tcp/1/p2p/${OWNER}/p2p-circuit/p2p/${WORKER}`]
  const isTrusted = createTrust(nodeWith(), { ...NONE, bootstrap })
  expect([isTrusted(WORKER), isTrusted(OWNER)]).toEqual([true, false])
})
