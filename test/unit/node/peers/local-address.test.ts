import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { isLocal, isLoopback, rangeOfAddress } from '../../../../src/node/peers/local-address.ts'

const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'

/** The ranges themselves are in `local-network.test.ts`. */
test.for([
  ['loopback', '/ip4/127.0.0.1/tcp/1'],
  ['loopback', '/ip6/::ffff:127.0.0.1/tcp/1'],
  ['local', `/ip4/192.168.1.7/tcp/1/p2p/${PEER}`],
  ['local', '/ip6zone/eth0/ip6/fe80::1/tcp/1'],
  ['local', '/ip6/::ffff:192.168.1.7/tcp/1'],
  ['elsewhere', '/ip4/8.8.8.8/tcp/1'],
  ['elsewhere', '/ip6/2002:c0a8:101::1/tcp/1'],
  // Whose address a name or a relay stands for is not known.
  ['elsewhere', '/dns4/localhost/tcp/1'],
  ['elsewhere', '/dnsaddr/nas.lan'],
  ['elsewhere', `/ip4/192.168.1.7/tcp/1/p2p/${PEER}/p2p-circuit`],
  ['elsewhere', `/ip4/127.0.0.1/tcp/1/p2p/${PEER}/p2p-circuit/p2p/${PEER}`],
  ['elsewhere', '/unix/%2Ftmp%2Fsocket']
] as const)('%s: %s', ([place, text]) => {
  const address = multiaddr(text)
  expect([isLoopback(address), isLocal(address)]).toEqual([place === 'loopback', place !== 'elsewhere'])
})

test('a range is that of the IP address, unless the connection is relayed', () => {
  const ranges = ['/ip4/8.8.4.4/tcp/1', `/ip4/8.8.4.4/tcp/1/p2p/${PEER}/p2p-circuit`, '/dns4/example.org/tcp/1']
  expect(ranges.map((text) => rangeOfAddress(multiaddr(text)))).toEqual(['8.8.4.0/24', '', ''])
})
