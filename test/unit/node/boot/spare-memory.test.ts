import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { spareMemory } from '../../../../src/node/boot/spare-memory.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function node(): { busy: boolean; collected: number; mib: number; stop: () => void } {
  const state = { busy: false, collected: 0, mib: 100, stop: () => {} }
  state.stop = spareMemory({
    isBusy: () => state.busy,
    collect: () => (state.collected += 1),
    memoryBytes: () => state.mib * 2 ** 20
  })
  return state
}

test('an idle node collects once after its start', () => {
  const state = node()
  vi.advanceTimersByTime(10 * MINUTE_MS)
  expect(state.collected).toBe(1)
  state.stop()
})

test('a node at work collects nothing, and collects once after each time of work', () => {
  const state = node()
  state.busy = true
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(0)
  state.busy = false
  vi.advanceTimersByTime(MINUTE_MS)
  state.busy = true
  vi.advanceTimersByTime(MINUTE_MS)
  state.busy = false
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(2)
  state.stop()
})

test('what others left in an idle node is collected too, and once only where it is in use', () => {
  const state = node()
  vi.advanceTimersByTime(MINUTE_MS)
  state.mib = 120
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(1)
  state.mib = 200
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(2)
  state.mib = 240
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(3)
  state.stop()
})

test('a node that stops collects nothing any more', () => {
  const state = node()
  state.stop()
  vi.advanceTimersByTime(MINUTE_MS)
  expect(state.collected).toBe(0)
})
