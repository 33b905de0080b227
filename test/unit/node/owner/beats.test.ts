import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBeats, type BeatsComponents } from '../../../../src/node/owner/beats.ts'
import { createOwnerState, DEFAULT_TIMING, stepOwner, type Beat } from '../../../../src/swarm/protocol/index.ts'
import { MAKING } from '../../../fixtures/owner-bench.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Beats of a project that has ended; nothing is signed, sent or kept. */
function endedProject() {
  const open = createOwnerState(PROJECT, 1, DEFAULT_TIMING, MAKING)
  const { state } = stepOwner(open, { type: 'ended', nowMs: 0 })
  const said: Beat[] = []
  let told = 0
  const components = {
    book: { views: new Map(), sayBeat: (beat: Beat) => said.push(beat) },
    spread: { publish: async () => void (told += 1) },
    signer: { peerId: 'o', sign: async () => new Uint8Array(10) },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  }
  return { beats: createBeats(components as unknown as BeatsComponents, () => state), said, told: () => told }
}

test('the end is told at once, every ten seconds for ten minutes, and then no longer', async () => {
  const { beats, said, told } = endedProject()
  beats.finish()
  await vi.advanceTimersByTimeAsync(0)
  expect([said.length, told()]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told()).toBe(7)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(told()).toBe(61)
  expect(new Set(said.map(({ state }) => state))).toEqual(new Set(['ended']))
  expect(said.map(({ beatNo }) => beatNo)).toEqual(said.map((_, index) => index + 1))
})

test('a node that stops says nothing more, and one that stopped begins nothing', async () => {
  const { beats, told } = endedProject()
  beats.finish()
  await vi.advanceTimersByTimeAsync(15_000)
  beats.stop()
  const before = told()
  beats.finish()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(told()).toBe(before)
})
