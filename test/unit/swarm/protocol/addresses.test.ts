import { expect, test } from 'vitest'
import { reachOf, relayOf, usefulAddresses } from '../../../../src/swarm/protocol/index.ts'

const NODE = '12D3KooWNode'
const RELAY = '12D3KooWRelay'
const at = (host: string): string => `${host}/tcp/7898/p2p/${NODE}`
const through = (host: string): string => `${host}/tcp/7898/p2p/${RELAY}/p2p-circuit/p2p/${NODE}`

test.for([
  ['public', at('/ip4/8.8.8.8')],
  ['public', at('/ip6/2001:4860::8888')],
  ['public', at('/dns4/home.example')],
  // Customers of one provider share these: nobody outside reaches them, nobody inside is near.
  ['public', at('/ip4/100.64.1.1')],
  ['local', at('/ip4/192.168.1.10')],
  ['local', at('/ip6/fd00::10')],
  ['machine', at('/ip4/127.0.0.1')],
  ['machine', at('/ip6/::1')],
  ['machine', at('/dns4/localhost')],
  ['relayed', through('/ip4/8.8.8.8')],
  ['relayed', through('/dns4/relay.example')],
  ['relayed-local', through('/ip4/192.168.1.1')],
  ['relayed-local', through('/ip4/127.0.0.1')]
] as const)('%s: %s', ([reach, address]) => {
  expect(reachOf(address)).toBe(reach)
})

test('the best address comes first, and direct ones before relayed ones', () => {
  const best = [at('/ip4/8.8.8.8'), at('/ip4/192.168.1.10'), through('/ip4/9.9.9.9'), through('/ip4/192.168.1.1')]
  const given = [at('/ip4/127.0.0.1'), ...best.toReversed(), ...best]
  expect(usefulAddresses(given).map(({ address }) => address)).toEqual(best)
})

test('of two public addresses the one where a peer got through comes first', () => {
  const [own, found] = [at('/ip6/2001:4860::8888'), at('/ip4/8.8.8.8')]
  expect(usefulAddresses([own, found, through('/ip4/8.8.8.8')], ['/ip4/8.8.8.8/tcp/7898'])).toEqual([
    { address: found, reach: 'public', isReached: true },
    { address: own, reach: 'public', isReached: false },
    { address: through('/ip4/8.8.8.8'), reach: 'relayed', isReached: false }
  ])
})

test('an address of this machine counts only where there is no other one; one of a link never', () => {
  const [loopback, link] = [at('/ip4/127.0.0.1'), at('/ip6/fe80::1')]
  expect(usefulAddresses([loopback, link])).toEqual([{ address: loopback, reach: 'machine', isReached: false }])
  expect(usefulAddresses([at('/ip4/169.254.1.1')])).toEqual([])
})

test('the relay of an address', () => {
  expect(relayOf(through('/ip4/8.8.8.8'))).toBe(RELAY)
  expect(relayOf(at('/ip4/8.8.8.8'))).toBeUndefined()
})
