import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { createPolicy, type PolicyComponents, type PolicyInit } from '../../../../src/node/peers/policy.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { SwarmNode } from '../../../../src/swarm/index.ts'

const SELF = '12D3KooWSelf'
const FAR = '/ip4/8.8.8.8/tcp/1'

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

const NONE: PolicyInit = { bootstrap: [], trust: [], trustLocal: true }
const nobody: PolicyComponents['standings'] = { of: () => undefined }

const policyOf = (
  node: SwarmNode,
  init: Partial<PolicyInit> = {},
  standings = nobody,
  sandbox: 'boxed' | 'none' = 'boxed'
) => createPolicy({ node, standings, sandbox: { type: sandbox } }, { ...NONE, ...init })

test('oneself, and a stranger', () => {
  const policy = policyOf(nodeWith([WORKER, FAR]))
  expect([SELF, WORKER, OWNER].map(policy.classOf)).toEqual(['self', 'stranger', 'stranger'])
  expect([policy.may(SELF, 'command'), policy.may(WORKER, 'encode')]).toEqual([true, false])
  expect([policy.may(WORKER, 'pieces'), policy.may(WORKER, 'pieces', 'trusted')]).toEqual([true, false])
})

test('with a swarm key everybody is a member, since nobody else can connect', () => {
  const policy = policyOf(nodeWith([WORKER, FAR]), { swarmKey: '/etc/grav1/swarm.key' })
  expect([policy.classOf(WORKER), policy.may(OWNER, 'command')]).toEqual(['member', true])
})

test.for([
  ['/ip4/127.0.0.1/tcp/1', 'local'],
  ['/ip4/192.168.1.9/tcp/1', 'local'],
  ['/ip6/::1/tcp/1', 'local'],
  [FAR, 'stranger'],
  ['/ip6/2002:c0a8:101::1/tcp/1', 'stranger'],
  ['/ip4/100.64.0.1/tcp/1', 'stranger'],
  [`/ip4/192.168.1.9/tcp/1/p2p/${OWNER}/p2p-circuit`, 'stranger']
] as const)('a peer connected from %s is %s, and not obeyed', ([address, expected]) => {
  const policy = policyOf(nodeWith([WORKER, address]))
  expect([policy.classOf(WORKER), policy.may(WORKER, 'command')]).toEqual([expected, false])
  expect(policyOf(nodeWith([WORKER, address]), { trustLocal: false }).classOf(WORKER)).toBe('stranger')
  // Whoever else is near says nothing about him.
  expect(policyOf(nodeWith([OWNER, address])).classOf(WORKER)).toBe('stranger')
})

test('peers that are named, wherever they are', () => {
  const classOf = (init: Partial<PolicyInit>): string => policyOf(nodeWith([WORKER, FAR]), init).classOf(WORKER)
  expect(classOf({ trust: [WORKER] })).toBe('trusted')
  expect(classOf({ trust: [OWNER] })).toBe('stranger')
  expect(classOf({ trust: ['all'] })).toBe('trusted')
  expect(classOf({ bootstrap: [`${FAR}/p2p/${WORKER}`] })).toBe('introduced')
  expect(classOf({ bootstrap: [FAR] })).toBe('stranger')
})

test('of a relayed address the last peer is the one that is named', () => {
  const policy = policyOf(nodeWith(), { bootstrap: [`${FAR}/p2p/${OWNER}/p2p-circuit/p2p/${WORKER}`] })
  expect([policy.classOf(WORKER), policy.classOf(OWNER)]).toEqual(['introduced', 'stranger'])
})

test("the user's word counts beside the options, and a ban above them", () => {
  const standings: PolicyComponents['standings'] = { of: (peer) => (peer === WORKER ? 'banned' : 'trusted') }
  const policy = policyOf(nodeWith([WORKER, '/ip4/127.0.0.1/tcp/1']), { trust: ['all'] }, standings)
  expect([policy.classOf(WORKER), policy.may(WORKER, 'connect')]).toEqual(['banned', false])
  expect(policyOf(nodeWith(), {}, standings).may(OWNER, 'command')).toBe(true)
})

test('without a sandbox only those have scenes decoded and encoded here that somebody vouches for', () => {
  const LOCAL = '/ip4/192.168.1.9/tcp/1'
  const isVouched = (init: Partial<PolicyInit>, address = FAR, standings = nobody): boolean => {
    const policy = policyOf(nodeWith([WORKER, address]), init, standings, 'none')
    const may = policy.may(WORKER, 'results')
    expect(policy.may(WORKER, 'encode')).toBe(may)
    expect(policy.claimRefusal(WORKER)).toBe(may ? undefined : 'owner-no-sandbox')
    // With the exception of what reaches no program.
    expect(policy.may(WORKER, 'command')).toBe(
      policyOf(nodeWith([WORKER, address]), init, standings).may(WORKER, 'command')
    )
    return may
  }
  expect(isVouched({ trust: ['all'] })).toBe(false)
  expect(isVouched({ trust: ['all', WORKER] })).toBe(true)
  expect(isVouched({ trust: ['all'] }, LOCAL)).toBe(true)
  expect(isVouched({ trust: ['all'], trustLocal: false }, LOCAL)).toBe(false)
  expect(isVouched({ trust: ['all'] }, FAR, { of: () => 'trusted' })).toBe(true)
  expect(isVouched({ swarmKey: '/etc/grav1/swarm.key' })).toBe(true)
  expect(isVouched({ bootstrap: [`${FAR}/p2p/${WORKER}`] })).toBe(true)
  expect(policyOf(nodeWith(), { trust: ['all'] }, nobody, 'none').may(SELF, 'results')).toBe(true)
})

test('a stranger delivers scenes into a sandbox, and is told why where there is none', () => {
  const refusals = (sandbox: 'boxed' | 'none', init: Partial<PolicyInit> = {}) => {
    const policy = policyOf(nodeWith([WORKER, FAR]), init, nobody, sandbox)
    return [policy.claimRefusal(WORKER), policy.claimRefusal(WORKER, 'trusted'), policy.lacksSandbox(WORKER, 'encode')]
  }
  expect(refusals('boxed')).toEqual([undefined, 'not-shared', false])
  expect(refusals('none')).toEqual(['owner-no-sandbox', 'not-shared', false])
  expect(refusals('none', { trust: ['all'] })).toEqual(['owner-no-sandbox', 'owner-no-sandbox', true])
  expect(refusals('none', { trust: [WORKER] })).toEqual([undefined, undefined, false])
})
