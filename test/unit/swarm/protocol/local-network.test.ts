import { assert, ipV4, ipV6, oneof, property, string } from 'fast-check'
import { BlockList, isIP } from 'node:net'
import { expect, test } from 'vitest'
import { placeOfIp, rangeOfIp } from '../../../../src/swarm/protocol/index.ts'

/** Each range at both ends, and what lies beside it. */
const PLACES: readonly (readonly [place: string, why: string, ...ips: readonly string[]])[] = [
  ['loopback', 'this machine', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::0001', '::ffff:127.0.0.1'],
  ['local', 'RFC 1918', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  ['local', 'link-local', '169.254.0.0', '169.254.255.255', 'fe80::1', 'febf:ffff::1', 'FE80::1', 'fe80::1%eth0'],
  ['local', 'unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd12:3456::1'],
  [
    'local',
    'IPv4 mapped into IPv6',
    '::ffff:192.168.1.7',
    '::ffff:c0a8:107',
    '0:0:0:0:0:ffff:10.0.0.1',
    '::FFFF:10.0.0.1'
  ],
  [
    'elsewhere',
    'beside RFC 1918',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0'
  ],
  ['elsewhere', 'beside link-local', '169.253.255.255', '169.255.0.0', 'fe7f::1', 'fec0::1', 'fbff::1', 'fe00::1'],
  ['elsewhere', 'beside loopback', '126.255.255.255', '128.0.0.0', '::2', '1::1'],
  ['elsewhere', 'public', '8.8.8.8', '1.1.1.1', '2a00:1450::1', '2606:4700::1111', '::ffff:8.8.8.8', '::ffff:808:808'],
  ['elsewhere', '6to4, of a private host too', '2002:808:808::1', '2002:c0a8:101::1', '2002:a00:1::1'],
  ['elsewhere', 'Teredo', '2001::5ef5:79fb', '2001:0:c0a8:101::1'],
  ['elsewhere', 'NAT64', '64:ff9b::808:808', '64:ff9b::10.0.0.1', '64:ff9b:1::a00:1', '64:ff9b:1:ffff::1'],
  ['elsewhere', 'IPv4-compatible', '::10.0.0.1', '::192.168.1.7', '::8.8.8.8', '::127.0.0.1'],
  ['elsewhere', 'translated IPv4', '::ffff:0:10.0.0.1', '::ffff:0:a00:1'],
  ['elsewhere', 'shared by customers of a provider', '100.64.0.0', '100.64.0.1', '100.127.255.255'],
  ['elsewhere', 'documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  ['elsewhere', 'benchmarks and protocols', '198.18.0.1', '198.19.255.255', '192.0.0.1', '192.0.0.170', '192.88.99.1'],
  ['elsewhere', 'groups and broadcast', '224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1', 'ff05::1'],
  ['elsewhere', 'nowhere', '0.0.0.0', '0.1.2.3', '::', '240.0.0.1'],
  [
    'elsewhere',
    'no address',
    '',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.1.',
    ' 10.0.0.1',
    '167772161'
  ],
  [
    'elsewhere',
    'no IPv6 address',
    'fe80',
    'fe80::1::2',
    'fe80:1:2:3:4:5:6:7:8',
    'fe80::g',
    ':fe80::1',
    '::ffff:10.0.0.256',
    'fe80::12345'
  ]
]

test.for(PLACES)('%s: %s', ([place, , ...ips]) => {
  expect(ips.map((ip) => [ip, placeOfIp(ip)])).toEqual(ips.map((ip) => [ip, place]))
})

const near = new BlockList()
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16]
] as const)
  near.addSubnet(net, bits)
for (const [net, bits] of [
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7]
] as const)
  near.addSubnet(net, bits, 'ipv6')

test('it reads every address as Node does', () => {
  const anyIp = oneof(
    ipV4(),
    ipV6(),
    ipV4().map((ip) => `::ffff:${ip}`),
    string({ maxLength: 20 })
  )
  assert(
    property(anyIp, (ip) => {
      const family = isIP(ip)
      const isNear = family !== 0 && near.check(ip, family === 4 ? 'ipv4' : 'ipv6')
      expect(placeOfIp(ip) !== 'elsewhere').toBe(isNear)
    }),
    { numRuns: 2000 }
  )
})

test('a host has one range, however its address is written', () => {
  expect(['8.8.4.4', '::ffff:8.8.4.9', '::ffff:808:404'].map(rangeOfIp)).toEqual(Array(3).fill('8.8.4.0/24'))
  expect(['2a00:1450:4001:81ff::1', '2A00:1450:4001:8100:0:0:0:9'].map(rangeOfIp)).toEqual(
    Array(2).fill('2a001450400181/56')
  )
  expect(['10.0.0.1', '::1', 'fe80::1%eth0', 'example.org'].map(rangeOfIp)).toEqual(Array(4).fill(''))
})
