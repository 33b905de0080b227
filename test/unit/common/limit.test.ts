import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimit } from '../../../src/common/limit.ts'

describe('the limit', () => {
  test('never runs more at once, runs all, in order, and goes on after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ turns: fc.nat(4), fails: fc.boolean() }), { maxLength: 20 }),
        async (parallel, tasks) => {
          const limit = createLimit(parallel)
          const begun: number[] = []
          let running = 0
          const results = await Promise.allSettled(
            tasks.map(async ({ turns, fails }, index) =>
              limit(async () => {
                begun.push(index)
                running += 1
                expect(running).toBeLessThanOrEqual(parallel)
                for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
                running -= 1
                if (fails) throw new Error('failed')
                return index
              })
            )
          )
          expect(begun).toEqual(tasks.map((_, index) => index))
          expect(results.map((result) => result.status)).toEqual(
            tasks.map(({ fails }) => (fails ? 'rejected' : 'fulfilled'))
          )
        }
      ),
      { numRuns: 50 }
    )
  })
})
