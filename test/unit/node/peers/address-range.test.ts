import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { rangeOfAddress } from '../../../../src/node/peers/address-range.ts'

test.for([
  ['/ip4/8.8.4.4/tcp/1', '8.8.4.0/24'],
  ['/ip4/8.8.4.250/tcp/9', '8.8.4.0/24'],
  ['/ip4/8.8.5.4/tcp/1', '8.8.5.0/24'],
  ['/ip6/2a00:1450:4001:81ff::200e/tcp/1', '2a001450400181/56'],
  ['/ip6/2a00:1450:4001:8100:1:2:3:4/tcp/1', '2a001450400181/56'],
  ['/ip6/2a00:1450:4001:8200::1/tcp/1', '2a001450400182/56'],
  ['/ip4/192.168.1.7/tcp/1', ''],
  ['/ip4/127.0.0.1/tcp/1', ''],
  ['/ip6/::1/tcp/1', ''],
  ['/dns4/example.org/tcp/1', '']
])('%s is in "%s"', ([address, range]) => {
  expect(rangeOfAddress(multiaddr(address))).toBe(range)
})
