import { describe, expect, test } from 'vitest'
import {
  beginsPunch,
  believedAddresses,
  decodePunchAddress,
  decodeReachReply,
  decodeReachRequest,
  encodePunchAddress,
  encodeReachReply,
  encodeReachRequest,
  isPublicIp,
  LIMITS,
  portsToDial,
  punchAddressOf,
  punchTarget,
  REACH,
  type ReachReport
} from '../../../../src/swarm/protocol/index.ts'
import * as wire from '../../../../src/swarm/protocol/wire/messages.js'
import { refusal } from '../../../fixtures/protocol-samples.ts'

const report = (change: Partial<ReachReport> = {}): ReachReport => ({
  peerIp: '9.9.9.9',
  isKnown: false,
  ip: '8.8.8.8',
  port: 7898,
  atMs: 1000,
  ...change
})

const NOW = 2000
const believed = (...reports: readonly ReachReport[]): readonly string[] => believedAddresses(reports, NOW)

describe('an address is believed [RULE 112]', () => {
  const HERE = '/ip4/8.8.8.8/tcp/7898'
  const from = (...peers: readonly string[]): ReachReport[] => peers.map((peerIp) => report({ peerIp }))

  test('when one known peer reached it', () => {
    expect(believed(report({ isKnown: true }))).toEqual([HERE])
  })

  test('when unknown peers of three ranges did, whatever their number in one range', () => {
    expect(believed(...from('9.9.9.1', '9.9.9.2', '9.9.9.3', '9.9.8.1'))).toEqual([])
    expect(believed(...from('9.9.9.1', '9.9.8.1', '9.9.7.1'))).toEqual([HERE])
  })

  test('not when the peers are near, have no address, or say different things', () => {
    expect(believed(...from('192.168.1.1', '', '10.0.0.1', '9.9.9.9'))).toEqual([])
    expect(believed(report({ port: 1 }), report({ ip: '8.8.4.4' }), report({ peerIp: '9.9.8.1' }))).toEqual([])
  })

  test('not for long, and never one that nobody outside could dial', () => {
    const old = report({ isKnown: true, atMs: NOW - REACH.believedMs })
    expect(believed(old)).toEqual([])
    for (const ip of ['192.168.1.1', '127.0.0.1', '100.64.0.1', 'fe80::1', 'nonsense'])
      expect(believed(report({ isKnown: true, ip })), ip).toEqual([])
  })

  test('up to four at once, the latest first', () => {
    const all = [1, 2, 3, 4, 5].map((port) => report({ isKnown: true, port: port + 2000, atMs: port }))
    expect(believed(...all)).toEqual([5, 4, 3, 2].map((port) => `/ip4/8.8.8.8/tcp/${port + 2000}`))
    expect(believed(report({ isKnown: true, ip: '2001:4860::8888' }))).toEqual(['/ip6/2001:4860::8888/tcp/7898'])
  })
})

test('a peer is dialled where its connection comes from, at its own ports [RULE 113]', () => {
  expect(portsToDial('8.8.8.8', [7898, 7898, 8000])).toEqual([7898, 8000])
  expect(portsToDial('8.8.8.8', [25, 1023])).toEqual([])
  for (const ip of ['', '192.168.1.1', '127.0.0.1', '100.127.1.1', '::1'])
    expect(portsToDial(ip, [7898]), ip).toEqual([])
  expect(isPublicIp('100.128.0.1')).toBe(true)
})

test('questions and answers are what they have to be', () => {
  expect(decodeReachRequest(encodeReachRequest([1, 65_535]))).toEqual([1, 65_535])
  expect(decodeReachRequest(encodeReachRequest([1, 2, 3]))).toEqual([1, 2])
  const reached = { status: 'reached', ip: '2001:4860::8888', port: 7898 } as const
  for (const reply of [reached, { status: 'busy' }, { status: 'unseen' }, { status: 'not-reached' }] as const)
    expect(decodeReachReply(encodeReachReply(reply))).toEqual(reply)
  const asks = (...ports: number[]): string => refusal(() => decodeReachRequest(wire.ReachRequest.encode({ ports })))
  const many = Array.from({ length: LIMITS.reachPortsMax + 1 }, (_, index) => index + 1)
  for (const ports of [[], [0], [65_536], many]) expect(asks(...ports), String(ports)).toBe('invalid')
  const says = (status: string, ip: string, port: number): string =>
    refusal(() => decodeReachReply(wire.ReachReply.encode({ status, ip, port })))
  expect(says('reached', 'home.example', 1)).toBe('invalid')
  expect(says('reached', 'fe80::1%eth0', 1)).toBe('invalid')
  expect(says('reached', '8.8.8.8', 0)).toBe('invalid')
  expect(says('busy', '8.8.8.8', 1)).toBe('invalid')
  expect(says('perhaps', '', 0)).toBe('invalid')
  expect(refusal(() => decodeReachReply(new Uint8Array(LIMITS.reachMessageBytesMax + 1)))).toBe('too-large')
})

test('a peer that dials at the same moment is dialled at a public address, and not at the ports of others [RULE 114]', () => {
  expect(punchTarget({ ip: '8.8.8.8', port: 1024 })).toBe('/ip4/8.8.8.8/tcp/1024')
  for (const [ip, port] of [
    ['8.8.8.8', 1023],
    ['192.168.1.1', 7898],
    ['127.0.0.1', 7898],
    ['100.64.0.1', 7898],
    ['2001:4860::8888', 7898]
  ] as const)
    expect(punchTarget({ ip, port }), ip).toBeUndefined()
  // One of two begins, whoever they are.
  expect([beginsPunch('a', 'b'), beginsPunch('b', 'a')]).toEqual([true, false])
})

test('an address that is seen is one of IPv4, with a port', () => {
  const seen = { ip: '8.8.8.8', port: 7898 }
  expect(decodePunchAddress(encodePunchAddress(seen))).toEqual(seen)
  for (const [ip, port] of [
    ['home.example', 1],
    ['2001:4860::8888', 1],
    ['8.8.8.8', 0],
    ['8.8.8.8', 65_536],
    ['', 0]
  ] as const)
    expect(
      refusal(() => decodePunchAddress(encodePunchAddress({ ip, port }))),
      `${ip} ${port}`
    ).toBe('invalid')
  expect(refusal(() => decodePunchAddress(new Uint8Array(LIMITS.punchMessageBytesMax + 1)))).toBe('too-large')
  expect(punchAddressOf('/ip4/8.8.8.8/tcp/7898/p2p/12D3')).toEqual(seen)
  expect(punchAddressOf('/ip6/2001:4860::8888/tcp/7898')).toBeUndefined()
  expect(punchAddressOf('')).toBeUndefined()
})
