import { expect, test } from 'vitest'
import { createListeners } from '../../../../src/common/listeners.ts'
import { watchMachine } from '../../../../src/node/chronicle/index.ts'
import type { FewerSlots } from '../../../../src/api/manners/index.ts'
import type { Rest } from '../../../../src/node/manners/judge.ts'
import type { AbsenceChange } from '../../../../src/node/owner/absence.ts'

const nowMs = new Date(2026, 0, 1, 14, 10).getTime()
const HOUR_MS = 3_600_000

function bench() {
  const absences = createListeners<AbsenceChange>()
  const rests = createListeners<void>()
  const shortages = createListeners<void>()
  const told: string[] = []
  const state: { rest: Rest | undefined; fewer: FewerSlots | undefined } = { rest: undefined, fewer: undefined }
  const stop = watchMachine(
    {
      chronicle: { note: ({ kind, text }) => told.push(`${kind}: ${text}`) },
      absence: { leftMs: () => 8 * HOUR_MS, onChange: (listener) => void absences.add(listener) },
      manners: {
        get rest() {
          return state.rest
        },
        onChange: (listener) => void rests.add(listener)
      },
      worker: { fewerSlots: () => state.fewer, onFewerSlots: (listener) => void shortages.add(listener) }
    },
    () => nowMs
  )
  return { told, state, stop, absence: absences.tell, rest: rests.tell, shortage: shortages.tell }
}

test('sleeps are noted when they are announced, called off and over', () => {
  const { told, absence } = bench()
  absence('announced')
  absence('over')
  absence('slept')
  expect(told).toEqual([
    'sleep: This machine is going to sleep until 22:10',
    'awake: This machine stays awake after all',
    'awake: This machine was asleep and is awake again'
  ])
})

test('pauses by manners are noted with their reason, and their end', () => {
  const { told, state, rest } = bench()
  state.rest = { code: 'schedule', untilMs: nowMs + HOUR_MS, detail: '' }
  rest()
  state.rest = { code: 'on-battery', untilMs: undefined, detail: '' }
  rest()
  state.rest = undefined
  rest()
  expect(told).toEqual([
    'rest: Encoding is paused until 15:10',
    'rest: Encoding is paused: on battery',
    'rest-over: Encoding continues: this machine is free again'
  ])
})

test('a slot that memory cost is noted, its return is not', () => {
  const { told, state, shortage } = bench()
  state.fewer = { wanted: 8, slots: 7, ranAt: 8, retryAtMs: nowMs + HOUR_MS }
  shortage()
  state.fewer = undefined
  shortage()
  expect(told).toEqual([
    'fewer-slots: This node encodes with one slot fewer: the encoder ran out of memory at 8 slots; the node tries one more at 15:10, or at once with "grav1 workers 8"'
  ])
})

test('nothing is noted once it has ended', () => {
  const { told, stop, absence } = bench()
  stop()
  absence('slept')
  expect(told).toEqual([])
})
