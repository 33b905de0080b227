import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { describeRun, isClean, sumUp } from './report.ts'
import { runSeed, type RunResult } from './swarm/run.ts'

/** Few enough for a test to be over in seconds, so that the runner hears from it. */
const CHUNK = 25
const CHUNK_TIMEOUT_MS = 180_000

/** Tests that each of these seeds holds every invariant, and that the swarm wastes little over all of them. */
export function checkSeeds(from: number, count: number): void {
  describe(`seeds ${from} to ${from + count - 1}`, () => {
    const results: RunResult[] = []

    for (let first = from; first < from + count; first += CHUNK) {
      const last = Math.min(first + CHUNK, from + count) - 1
      it(`hold every invariant: ${first} to ${last}`, { timeout: CHUNK_TIMEOUT_MS }, () => {
        const violated: string[] = []
        for (let seed = first; seed <= last; seed += 1) {
          const result = runSeed({ seed })
          results.push(result)
          if (result.violation != null) violated.push(describeRun(result))
        }
        expect(violated.join('\n')).toBe('')
      })
    }

    it('waste little', () => {
      const clean = sumUp(results.filter(isClean))
      expect(clean.seeds).toBeGreaterThan(0)
      expect(clean.encodesPerScene).toBeLessThanOrEqual(1.1)
      const faulty = sumUp(results.filter((result) => !isClean(result)))
      expect(faulty.neededPerScene).toBeLessThanOrEqual(1.15)
      expect(faulty.abortedShare).toBeLessThanOrEqual(0.1)
    })

    afterAll(() => {
      results.length = 0
    })
  })
}

/** Tests that a seed is the same run each time. */
export function checkSameAgain(seeds: readonly number[]): void {
  it.each(seeds)('seed %i is the same run each time', { timeout: CHUNK_TIMEOUT_MS }, (seed) => {
    const [once, again] = [fingerprint(seed), fingerprint(seed)]
    expect(again).toEqual(once)
  })
}

function fingerprint(seed: number): object {
  const { trace, counts, events, virtualMs, violation } = runSeed({ seed, trace: true })
  const hash = createHash('sha256')
  for (const line of trace) hash.update(line).update('\n')
  return { trace: hash.digest('hex'), lines: trace.length, counts, events, virtualMs, violation: violation?.message }
}
