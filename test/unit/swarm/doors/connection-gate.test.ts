import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { createConnectionGate, type ConnectionGateInit } from '../../../../src/swarm/doors/connection-gate.ts'
import { CONNECTIONS } from '../../../../src/swarm/doors/door-limits.ts'
import type { MultiaddrConnection, PeerId } from '@libp2p/interface'

const LIMITS = {
  ...CONNECTIONS,
  inboundMax: 8,
  inboundPerRange: 6,
  inboundPerAddress: 4,
  perPeer: 2,
  pendingPerRange: 3,
  handshakesBurst: 20,
  handshakesPerSecond: 1
}

/** A gate, and who came through it. */
function gate(init: Partial<ConnectionGateInit> = {}) {
  const { denyInboundConnection, denyInboundEncryptedConnection, dismiss } = createConnectionGate({
    limits: LIMITS as never,
    nowMs: () => 0,
    ...init
  })
  const inside: string[] = []
  let names = 0
  const socket = (ip: string): MultiaddrConnection => {
    const target = new EventTarget()
    const close = (): void => void target.dispatchEvent(new Event('close'))
    return Object.assign(target, {
      remoteAddr: multiaddr(`/ip4/${ip}/tcp/1`),
      abort: close
    }) as unknown as MultiaddrConnection
  }
  function come(ip: string, peer = `p${(names += 1)}`): MultiaddrConnection | undefined {
    const connection = socket(ip)
    if (denyInboundConnection(connection)) return undefined
    if (denyInboundEncryptedConnection({ toString: () => peer } as PeerId, connection)) {
      connection.abort(new Error('denied'))
      return undefined
    }
    inside.push(ip)
    connection.addEventListener('close', () => inside.splice(inside.lastIndexOf(ip), 1))
    return connection
  }
  return { come, inside, socket, denyInboundConnection, dismiss }
}

test('one address, one range and all together have so many; who comes from elsewhere gets the newest place of the largest', () => {
  const { come, inside } = gate()
  for (let count = 0; count < 6; count += 1) come('1.1.1.1')
  expect(inside).toHaveLength(4)
  come('1.1.1.2')
  come('1.1.1.3')
  // The range is full, and its largest address gives way.
  expect(come('1.1.1.4')).toBeDefined()
  expect(inside.filter((ip) => ip === '1.1.1.1')).toHaveLength(3)
  expect(inside).toHaveLength(6)
  come('2.2.2.2')
  come('3.3.3.3')
  expect(come('4.4.4.4')).toBeDefined()
  expect(inside).toHaveLength(8)
  expect(inside.filter((ip) => ip.startsWith('1.'))).toHaveLength(5)
})

test('who would itself be one of too many stays outside, and gets in when one of them leaves', () => {
  const { come, inside } = gate()
  const ips = ['1.1.1.1', '1.1.2.1', '1.1.3.1', '1.1.4.1']
  const first = come('1.1.1.1')
  for (const ip of [...ips.slice(1), ...ips]) come(ip)
  expect(inside).toHaveLength(8)
  expect(come('1.1.2.1')).toBeUndefined()
  first?.abort(new Error('left'))
  expect(come('1.1.2.1')).toBeDefined()
})

test('a peer has so many connections, from wherever they come', () => {
  const { come } = gate()
  expect(come('1.1.1.1', 'same')).toBeDefined()
  const second = come('2.2.2.2', 'same')
  expect(come('3.3.3.3', 'same')).toBeUndefined()
  second?.abort(new Error('left'))
  expect(come('3.3.3.3', 'same')).toBeDefined()
})

test('a peer for which a place is kept gets in where nobody else does, and gives way to nobody', () => {
  const { come, inside } = gate({ keepsPlaceFor: (peer) => peer.startsWith('friend') })
  come('1.1.1.1', 'friend 1')
  for (let count = 0; count < 6; count += 1) come('1.1.1.1')
  expect(inside).toHaveLength(5)
  expect(come('1.1.1.1', 'friend 2')).toBeDefined()
  expect(inside).toHaveLength(6)
})

test('who never ends its handshake leaves the others of its range few, and those of other ranges all', () => {
  const { come, socket, denyInboundConnection } = gate()
  const sockets = Array.from({ length: 5 }, () => socket('1.1.1.1'))
  expect(sockets.map((one) => denyInboundConnection(one))).toEqual([false, false, false, true, true])
  expect(come('1.1.1.9')).toBeUndefined()
  expect(come('2.2.2.2')).toBeDefined()
  sockets[0]?.abort(new Error('too slow'))
  sockets[0]?.abort(new Error('again'))
  expect(come('1.1.1.9')).toBeDefined()
  expect(denyInboundConnection(socket('1.1.1.1'))).toBe(false)
  expect(denyInboundConnection(socket('1.1.1.1'))).toBe(true)
})

test('a range begins so many handshakes a second', () => {
  const now = { ms: 0 }
  const { come } = gate({ nowMs: () => now.ms })
  for (let count = 0; count < 25; count += 1) come('1.1.1.1')?.abort(new Error('left'))
  expect(come('1.1.1.2')).toBeUndefined()
  expect(come('1.1.2.1')).toBeDefined()
  now.ms += 1000
  expect(come('1.1.1.2')).toBeDefined()
})

test('who was dismissed gets in again after a while, and of many the first ones do at once', () => {
  let nowMs = 0
  const { come, dismiss } = gate({ nowMs: () => nowMs, limits: { ...LIMITS, dismissedMax: 2 } as never })
  dismiss('foe')
  expect(come('1.1.1.1', 'foe')).toBeUndefined()
  expect(come('1.1.1.1', 'friend')).toBeDefined()
  nowMs += CONNECTIONS.dismissedMs - 1
  expect(come('1.1.1.1', 'foe')).toBeUndefined()
  // Once more, from now on.
  dismiss('foe')
  nowMs += 1
  expect(come('1.1.1.1', 'foe')).toBeUndefined()
  dismiss('another')
  dismiss('a third')
  expect(come('1.1.1.1', 'foe')).toBeDefined()
  expect(come('1.1.1.2', 'another')).toBeUndefined()
  nowMs += CONNECTIONS.dismissedMs
  expect(come('1.1.1.2', 'another')).toBeDefined()
})
