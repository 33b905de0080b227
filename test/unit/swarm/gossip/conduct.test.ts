import { expect, test } from 'vitest'
import { createConduct } from '../../../../src/swarm/gossip/conduct.ts'
import { createWaiting } from '../../../../src/swarm/gossip/waiting.ts'

const LIMITS = {
  faultsMax: 3,
  faultsPerSecond: 1,
  messagesBurst: 5,
  messagesPerSecond: 1,
  waitingMax: 8,
  waitingBytesMax: 800
}

test('a neighbour is silenced by one fault too many, until as many seconds have passed', () => {
  const now = { ms: 0 }
  const conduct = createConduct({ limits: LIMITS, nowMs: () => now.ms })
  for (let fault = 0; fault < 3; fault += 1) conduct.noteFault('bad')
  expect(conduct.isSilenced('bad')).toBe(false)
  conduct.noteFault('bad')
  expect([conduct.isSilenced('bad'), conduct.isSilenced('other')]).toEqual([true, false])
  now.ms += 2999
  expect(conduct.isSilenced('bad')).toBe(true)
  now.ms += 1
  expect(conduct.isSilenced('bad')).toBe(false)
})

test('a fault now and then silences nobody', () => {
  const now = { ms: 0 }
  const conduct = createConduct({ limits: LIMITS, nowMs: () => now.ms })
  for (let fault = 0; fault < 100; fault += 1) {
    conduct.noteFault('new version')
    now.ms += 1000
  }
  expect(conduct.isSilenced('new version')).toBe(false)
})

test('messages beyond the rate are faults', () => {
  const conduct = createConduct({ limits: LIMITS, nowMs: () => 0 })
  const taken = Array.from({ length: 9 }, () => conduct.noteMessage('loud'))
  expect(taken.filter(Boolean)).toHaveLength(5)
  expect(conduct.isSilenced('loud')).toBe(true)
})

test('one neighbour fills a quarter of the line, by number or by bytes', () => {
  const waiting = createWaiting({ max: 8, bytesMax: 800 })
  const first = waiting.enter('loud', 10)
  waiting.enter('loud', 10)
  expect(waiting.enter('loud', 10)).toBeUndefined()
  expect(waiting.enter('large', 201)).toBeUndefined()
  expect(waiting.enter('large', 200)).toBeDefined()
  first?.()
  expect(waiting.enter('loud', 10)).toBeDefined()
  for (const name of ['a', 'b', 'c', 'd', 'e']) expect(waiting.enter(name, 10)).toBeDefined()
  expect(waiting.enter('f', 10)).toBeUndefined()
})
