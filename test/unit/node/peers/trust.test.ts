import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { createTrust, type Trust, type TrustInit } from '../../../../src/node/peers/trust.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { SwarmNode } from '../../../../src/swarm/index.ts'

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

/** The three answers about a peer, as letters: works for, obeys, known worker. */
function answers(trust: Trust, peer: string): string {
  const { worksFor, obeys, isKnownWorker } = trust
  return [worksFor(peer) ? 'w' : '-', obeys(peer) ? 'o' : '-', isKnownWorker(peer) ? 'k' : '-'].join('')
}

test('oneself, always; a stranger, never', () => {
  const trust = createTrust(nodeWith(), NONE)
  expect(answers(trust, SELF)).toBe('wok')
  expect(answers(trust, WORKER)).toBe('---')
})

test('with a swarm key everybody, since nobody else can connect', () => {
  const trust = createTrust(nodeWith([WORKER, '/ip4/8.8.8.8/tcp/1']), { ...NONE, swarmKey: '/etc/grav1/swarm.key' })
  expect([answers(trust, WORKER), answers(trust, OWNER)]).toEqual(['wok', 'wok'])
})

test.for([
  ['/ip4/127.0.0.1/tcp/1', 'w-k'],
  ['/ip4/192.168.1.9/tcp/1', 'w-k'],
  ['/ip4/10.1.2.3/tcp/1', 'w-k'],
  ['/ip6/::1/tcp/1', 'w-k'],
  ['/ip4/8.8.8.8/tcp/1', '---'],
  ['/ip6/2606:4700::1111/tcp/1', '---']
] as const)('a peer connected from %s: %s, but never obeyed', ([address, expected]) => {
  expect(answers(createTrust(nodeWith([WORKER, address]), NONE), WORKER)).toBe(expected)
  // Whoever else is near says nothing about him.
  expect(answers(createTrust(nodeWith([OWNER, address]), NONE), WORKER)).toBe('---')
})

test('peers that are named, wherever they are', () => {
  const far = nodeWith([WORKER, '/ip4/8.8.8.8/tcp/1'])
  const of = (init: Partial<TrustInit>): string => answers(createTrust(far, { ...NONE, ...init }), WORKER)
  expect(of({ trust: [WORKER] })).toBe('wok')
  expect(of({ trust: [OWNER] })).toBe('---')
  expect(of({ trust: ['all'] })).toBe('wok')
  expect(of({ bootstrap: [`/ip4/8.8.8.8/tcp/1/p2p/${WORKER}`] })).toBe('w-k')
  expect(of({ bootstrap: ['/ip4/8.8.8.8/tcp/1'] })).toBe('---')
})

test('nobody vouches for a peer that is trusted only because everybody is', () => {
  const isStranger = (init: Partial<TrustInit>, address = '/ip4/8.8.8.8/tcp/1'): boolean =>
    createTrust(nodeWith([WORKER, address]), { ...NONE, ...init }).isStranger(WORKER)
  expect(isStranger({})).toBe(true)
  expect(isStranger({ trust: ['all'] })).toBe(true)
  expect(isStranger({ trust: ['all', WORKER] })).toBe(false)
  expect(isStranger({ trust: ['all'] }, '/ip4/192.168.1.9/tcp/1')).toBe(false)
  expect(isStranger({ swarmKey: '/etc/grav1/swarm.key' })).toBe(false)
  expect(isStranger({ bootstrap: [`/ip4/8.8.8.8/tcp/1/p2p/${WORKER}`] })).toBe(false)
  expect(createTrust(nodeWith(), { ...NONE, trust: ['all'] }).isStranger(SELF)).toBe(false)
})

test('of a relayed address the last peer is the one that is named', () => {
  const bootstrap = [`/ip4/8.8.8.8/tcp/1/p2p/${OWNER}/p2p-circuit/p2p/${WORKER}`]
  const trust = createTrust(nodeWith(), { ...NONE, bootstrap })
  expect([answers(trust, WORKER), answers(trust, OWNER)]).toEqual(['w-k', '---'])
})
