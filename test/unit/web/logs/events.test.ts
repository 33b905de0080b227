import { expect, test } from 'vitest'
import { EVENTS_MAX, queryAfter, withEvents } from '../../../../web/src/logs/events.ts'
import type { ChronicleEvent } from '../../../../src/api/schemas/index.ts'

const events = (from: number, to: number): ChronicleEvent[] =>
  Array.from({ length: to - from }, (_, index) => ({
    number: from + index,
    atMs: 0,
    kind: 'accepted',
    text: '',
    projectId: null,
    scene: null,
    peerId: null
  }))

test('the page asks for all events once, then for those that are new', () => {
  expect(queryAfter([]).afterEvent).toBe('-1')
  expect(queryAfter(events(3, 9)).afterEvent).toBe('8')
})

test('new events come behind, the oldest go, and nothing new is no change', () => {
  const known = events(0, EVENTS_MAX)
  expect(withEvents(known, [])).toBe(known)
  const next = withEvents(known, events(EVENTS_MAX, EVENTS_MAX + 2))
  expect([next.length, next[0]?.number, next.at(-1)?.number]).toEqual([EVENTS_MAX, 2, EVENTS_MAX + 1])
})
