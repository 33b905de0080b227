import { assert, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { greetingMs, introductionMs } from '../../../../src/swarm/protocol/index.ts'

test('a node of a small swarm introduces itself every ten seconds, one of a large swarm every two minutes', () => {
  expect([0, 8, 20, 50, 1000].map(introductionMs)).toEqual([10_000, 16_000, 40_000, 100_000, 120_000])
})

test('a newcomer is greeted after half a second, in a large swarm with others who come', () => {
  expect([greetingMs(1, 10_000), greetingMs(1, 0), greetingMs(50, 0), greetingMs(50, 9_900)]).toEqual([
    500, 500, 10_000, 500
  ])
})

test('however many come, a node hears at most five greetings a second, and waits no longer than for the next introduction', () => {
  assert(
    property(nat({ max: 2000 }), (others) => {
      const betweenMs = greetingMs(others, 0)
      expect(betweenMs).toBeLessThanOrEqual(introductionMs(others))
      if (others <= 600) expect((others * 1000) / betweenMs).toBeLessThanOrEqual(5)
    })
  )
})
