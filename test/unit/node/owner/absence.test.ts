import { afterEach, expect, test, vi } from 'vitest'
import { createListeners } from '../../../../src/common/listeners.ts'
import { createAbsence, type AbsenceChange } from '../../../../src/node/owner/absence.ts'
import type { OwnerInput } from '../../../../src/swarm/protocol/index.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'

const HOUR_MS = 3_600_000

afterEach(() => void vi.useRealTimers())

function bench(states: () => ReturnType<typeof createOwnerBench>['state'][] = () => []) {
  vi.useFakeTimers({ toFake: ['performance'] })
  const gaps = createListeners<number>()
  const sent: OwnerInput[] = []
  const changes: AbsenceChange[] = []
  const absence = createAbsence({
    projects: {
      all: () => states().map((state) => ({ state })),
      dispatch: (event) => void sent.push(event)
    },
    gap: { onGap: (listener) => void gaps.add(listener) },
    log: { info: () => {} } as unknown as Parameters<typeof createAbsence>[0]['log']
  })
  absence.onChange((change) => void changes.push(change))
  return { absence, sent, changes, sleep: gaps.tell }
}

test('a sleep is announced to all projects, and ends by itself', () => {
  const { absence, sent, changes } = bench()
  expect(absence.leftMs()).toBeUndefined()
  absence.begin(HOUR_MS)
  expect(sent).toEqual([{ type: 'away', forMs: HOUR_MS }])
  vi.advanceTimersByTime(1000)
  expect(absence.leftMs()).toBeCloseTo(HOUR_MS - 1000)
  vi.advanceTimersByTime(HOUR_MS)
  expect(absence.leftMs()).toBeUndefined()
  expect(changes).toEqual(['announced'])
})

test('the user may stay, and it counts once', () => {
  const { absence, sent, changes } = bench()
  absence.end()
  expect(sent).toEqual([])
  absence.begin(HOUR_MS)
  absence.end()
  absence.end()
  expect(sent.slice(1)).toEqual([{ type: 'back', awayMs: 0 }])
  expect(changes).toEqual(['announced', 'over'])
})

test('a machine that slept takes in what was done, whether it said so or not', () => {
  const { absence, sent, changes, sleep } = bench()
  sleep(0)
  absence.begin(HOUR_MS)
  sleep(1_800_000)
  expect(absence.leftMs()).toBeUndefined()
  expect(sent).toEqual([
    { type: 'back', awayMs: 0 },
    { type: 'away', forMs: HOUR_MS },
    { type: 'back', awayMs: 1_800_000 }
  ])
  expect(changes).toEqual(['slept', 'announced', 'slept'])
})

test('what a machine holds of several projects is one share', () => {
  const owners = [createOwnerBench([100, 100, 100]), createOwnerBench([100, 100, 100])]
  for (const owner of owners) {
    owner.send({ type: 'connected', worker: 'a' })
    const lease = owner.claim('a', false, { slots: 1 })
    owner.now += 1000
    owner.deliver(lease, 'a', { encodeMs: 1000 })
    owner.send({ type: 'away', forMs: HOUR_MS })
    owner.claim('a', true, { slots: 1 })
  }
  const { absence } = bench(() => owners.map(({ state }) => state))
  expect(absence.shares()).toEqual([{ worker: 'a', scenes: 2, fetched: 0, ready: false }])
})
