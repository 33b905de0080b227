import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createIntroductions, type IntroductionsComponents } from '../../../../src/node/peers/introductions.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const INFO = { name: '', version: '1', slots: 0, busy: 0, encoders: [], health: 'ok', paused: false, idle: [] }

/** A node that sees so many others, and when it introduced itself. */
function introduced(others: number) {
  const atMs: number[] = []
  const components = {
    gossip: { say: () => atMs.push(performance.now()) },
    self: { info: () => INFO },
    peers: { count: () => others }
  }
  return { introductions: createIntroductions(components as unknown as IntroductionsComponents), atMs }
}

test('a crowd that joins is greeted together, and a change is told at once', async () => {
  const { introductions, atMs } = introduced(50)
  for (let come = 0; come < 50; come += 1) {
    introductions.greet()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(atMs.length).toBeLessThanOrEqual(1)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(atMs.length).toBe(1)
  introductions.now()
  expect(atMs.length).toBe(2)
  introductions.stop()
})

test('a single newcomer is greeted soon, and without any the node speaks every ten seconds until it stops', async () => {
  const { introductions, atMs } = introduced(2)
  await vi.advanceTimersByTimeAsync(5_000)
  introductions.greet()
  await vi.advanceTimersByTimeAsync(500)
  expect(atMs.length).toBe(1)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(atMs.length).toBe(5)
  introductions.stop()
  introductions.greet()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(atMs.length).toBe(5)
})
