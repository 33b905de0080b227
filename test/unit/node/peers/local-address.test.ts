import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { isLocal, isLoopback } from '../../../../src/node/peers/local-address.ts'

const LOOPBACK = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.255.255.254/tcp/1', '/ip6/::1/tcp/1', '/ip6/::ffff:127.0.0.1/tcp/1']

const LOCAL = [
  '/ip4/10.0.0.1/tcp/1',
  '/ip4/10.255.255.255/tcp/1',
  '/ip4/172.16.0.1/tcp/1',
  '/ip4/172.31.255.255/tcp/1',
  '/ip4/192.168.1.7/tcp/1',
  '/ip4/169.254.10.1/tcp/1',
  '/ip6/fe80::1/tcp/1',
  '/ip6zone/eth0/ip6/fe80::1/tcp/1',
  '/ip6/fd12:3456::1/tcp/1',
  '/ip6/fc00::1/tcp/1',
  '/ip6/::ffff:192.168.1.7/tcp/1'
]

const ELSEWHERE = [
  '/ip4/8.8.8.8/tcp/1',
  '/ip4/172.15.0.1/tcp/1',
  '/ip4/172.32.0.1/tcp/1',
  '/ip4/100.64.0.1/tcp/1',
  '/ip4/192.88.99.1/tcp/1',
  '/ip4/192.0.2.1/tcp/1',
  '/ip4/198.18.0.1/tcp/1',
  '/ip4/0.0.0.0/tcp/1',
  '/ip4/224.0.0.1/tcp/1',
  '/ip4/255.255.255.255/tcp/1',
  '/ip6/2002:808:808::1/tcp/1',
  '/ip6/2002:c0a8:101::1/tcp/1',
  '/ip6/2001::5ef5:79fb/tcp/1',
  '/ip6/2001:db8::1/tcp/1',
  '/ip6/64:ff9b::808:808/tcp/1',
  '/ip6/64:ff9b::c0a8:101/tcp/1',
  '/ip6/::ffff:8.8.8.8/tcp/1',
  '/ip6/2a00:1450::1/tcp/1',
  '/ip6/ff02::1/tcp/1',
  '/ip6/::/tcp/1',
  '/dns4/localhost/tcp/1',
  '/ip4/192.168.1.7/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA/p2p-circuit'
]

test.for(LOOPBACK)('%s is this machine', (address) => {
  expect([isLoopback(multiaddr(address)), isLocal(multiaddr(address))]).toEqual([true, true])
})

test.for(LOCAL)('%s is on the local network', (address) => {
  expect([isLoopback(multiaddr(address)), isLocal(multiaddr(address))]).toEqual([false, true])
})

test.for(ELSEWHERE)('%s may be anywhere', (address) => {
  expect([isLoopback(multiaddr(address)), isLocal(multiaddr(address))]).toEqual([false, false])
})
