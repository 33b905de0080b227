import { expect, test } from 'vitest'
import { CHRONICLE_EVENTS_MAX, type ChronicleEvent } from '../../../src/api/schemas/index.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'

const event = (number: number, atMs: number): ChronicleEvent => ({
  number,
  atMs,
  kind: 'peer-came',
  text: 'kitchen came',
  projectId: null,
  scene: null,
  peerId: null
})

// The clock was set back between 4 and 5.
const bench = createApiBench([], { events: [event(3, 1000), event(4, 2000), event(5, 1500)] })

const numbers = async (query: string): Promise<unknown> => {
  const answer = await bench.request(`/api/v2/chronicle?${query}`)
  const { events } = (await answer.json()) as { events: ChronicleEvent[] }
  return events.map(({ number }) => number)
}

test('events after a time, after an event, and only the newest', async () => {
  expect(await numbers('')).toEqual([3, 4, 5])
  expect(await numbers('after=1000')).toEqual([4, 5])
  expect(await numbers('afterEvent=4')).toEqual([5])
  expect(await numbers('afterEvent=5')).toEqual([])
  expect(await numbers('events=1&afterEvent=3')).toEqual([5])
  expect(await numbers('events=0')).toEqual([])
})

test('more events than are kept cannot be asked for', async () => {
  expect((await bench.request(`/api/v2/chronicle?events=${CHRONICLE_EVENTS_MAX}`)).status).toBe(200)
  expect((await bench.request(`/api/v2/chronicle?events=${CHRONICLE_EVENTS_MAX + 1}`)).status).toBe(400)
})
