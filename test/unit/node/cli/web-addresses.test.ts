import { expect, test } from 'vitest'
import { webAddresses } from '../../../../src/node/cli/web-addresses.ts'
import type { NetworkInterfaceInfo } from 'node:os'

const address = (text: string, internal = false) =>
  ({ address: text, internal, family: text.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo
const machine = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  eth0: [address('192.168.1.10'), address('fe80::1'), address('2001:db8::10')]
}

test.for([
  ['http://127.0.0.1:7899', [], ['http://127.0.0.1:7899']],
  ['http://192.168.1.10:7899', ['box.local'], ['http://192.168.1.10:7899']],
  ['http://0.0.0.0:7899', [], ['http://192.168.1.10:7899']],
  ['http://[::]:7899', [], ['http://192.168.1.10:7899', 'http://[2001:db8::10]:7899']],
  ['https://0.0.0.0:1', ['a.example', 'b.example'], ['https://a.example:1', 'https://b.example:1']]
] as const)('%s with the names %j', ([url, names, expected]) => {
  expect(webAddresses(url, names, machine)).toEqual(expected)
})

test('without a network it is this machine', () => {
  expect(webAddresses('http://0.0.0.0:7899', [], {})).toEqual(['http://localhost:7899'])
})
