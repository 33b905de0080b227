import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { placeOf } from '../../../../src/swarm/doors/place.ts'

test.for([
  ['/ip4/203.0.113.7/tcp/1', '203.0.113.7', '203.0.113.0/24'],
  ['/ip6/2001:db8::1/tcp/1', '2001:db8::1', '2001:0db8:0000::/48'],
  ['/ip6/2001:db8:1:2:3:4:5:6/tcp/1', '2001:db8:1:2:3:4:5:6', '2001:0db8:0001::/48'],
  ['/ip6/::1/tcp/1', '::1', '0000:0000:0000::/48'],
  ['/dns4/example.org/tcp/1', '', '']
] as const)('%s', ([address, own, range]) => {
  expect(placeOf(multiaddr(address))).toEqual({ address: own, range })
})
