import { expect, onTestFinished, test, vi } from 'vitest'
import { createClockGap } from '../../../src/common/clock-gap.ts'

function bench() {
  const clocks = { monotonic: 1000, wall: 1_700_000_000_000 }
  const gap = createClockGap({ monotonicMs: () => clocks.monotonic, wallMs: () => clocks.wall })
  const seen: number[] = []
  gap.onGap((awayMs) => void seen.push(awayMs))
  const pass = (monotonic: number, wall = monotonic): void => {
    clocks.monotonic += monotonic
    clocks.wall += wall
  }
  return { gap, seen, pass }
}

test('a busy machine is no sleep', () => {
  const { gap, seen, pass } = bench()
  for (let look = 0; look < 20; look += 1) {
    pass(9_999)
    gap.look()
  }
  expect(seen).toEqual([])
})

test('a sleep shows by both clocks, once', () => {
  const { gap, seen, pass } = bench()
  pass(3_600_000.4)
  gap.look()
  gap.look()
  expect(seen).toEqual([3_600_000])
})

test('where the steady clock stands still meanwhile, leases did not age', () => {
  const { gap, seen, pass } = bench()
  pass(0, 3_600_000)
  gap.look()
  pass(900, 3_600_000)
  gap.look()
  expect(seen).toEqual([0, 0])
})

test('a process that was stopped shows by the steady clock, whatever somebody does to the other', () => {
  const { gap, seen, pass } = bench()
  pass(60_000, -7_200_000)
  gap.look()
  expect(seen).toEqual([60_000])
})

test('a clock that is set back is no sleep', () => {
  const { gap, seen, pass } = bench()
  pass(500, -7_200_000)
  gap.look()
  expect(seen).toEqual([])
})

test('it looks by itself, from its start on and until its end', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { gap, seen, pass } = bench()
  pass(60_000)
  const stop = gap.start()
  vi.advanceTimersByTime(1000)
  expect(seen).toEqual([])
  pass(60_000)
  vi.advanceTimersByTime(1000)
  expect(seen).toEqual([60_000])
  stop()
  pass(60_000)
  vi.advanceTimersByTime(10_000)
  expect(seen).toEqual([60_000])
})
