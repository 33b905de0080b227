import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBatches } from '../../../src/common/in-batches.ts'

/** Batches that end when a test says so. */
function createBench(parallel: number, itemsMax: number) {
  const runs: { items: readonly number[]; end: PromiseWithResolvers<void> }[] = []
  const doOne = createBatches<number, string>(
    async (items) => {
      const end = Promise.withResolvers<void>()
      runs.push({ items, end })
      await end.promise
      return items.map(String)
    },
    { parallel, itemsMax }
  )
  return { runs, doOne, items: () => runs.map((run) => run.items) }
}

test('the first goes at once; those that come meanwhile go together, at most so many', async () => {
  const { runs, doOne, items } = createBench(1, 3)
  const all = Promise.all([1, 2, 3, 4, 5].map(doOne))
  expect(items()).toEqual([[1]])
  runs[0]?.end.resolve()
  await expect.poll(items).toEqual([[1], [2, 3, 4]])
  runs[1]?.end.resolve()
  await expect.poll(items).toEqual([[1], [2, 3, 4], [5]])
  runs[2]?.end.resolve()
  expect(await all).toEqual(['1', '2', '3', '4', '5'])
})

test('no more batches run at once than may', async () => {
  const { runs, doOne, items } = createBench(2, 2)
  const all = Promise.all([1, 2, 3, 4].map(doOne))
  expect(items()).toEqual([[1], [2]])
  for (const { end } of runs) end.resolve()
  await expect.poll(items).toEqual([[1], [2], [3, 4]])
  runs[2]?.end.resolve()
  expect(await all).toHaveLength(4)
})

test('after the first ones, only a full batch goes beside another, and what comes in one turn goes together', async () => {
  const { runs, doOne, items } = createBench(2, 3)
  const all = [1, 2, 3].map(doOne)
  expect(items()).toEqual([[1], [2]])
  runs[0]?.end.resolve()
  await all[0]
  all.push(doOne(4))
  await turn()
  expect(items()).toEqual([[1], [2]])
  all.push(doOne(5))
  await turn()
  expect(items()).toEqual([[1], [2], [3, 4, 5]])
  for (const { end } of runs) end.resolve()
  await Promise.all(all)
  await turn()
  all.push(doOne(6), doOne(7))
  await turn()
  expect(items()).toEqual([[1], [2], [3, 4, 5], [6, 7]])
  runs[3]?.end.resolve()
  expect(await Promise.all(all)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
})

test('a failure meets its own batch only, and the next one runs', async () => {
  const { runs, doOne, items } = createBench(1, 2)
  const ends = Promise.allSettled([1, 2, 3, 4].map(doOne))
  runs[0]?.end.resolve()
  await expect.poll(items).toEqual([[1], [2, 3]])
  runs[1]?.end.reject(new Error('broken'))
  await expect.poll(items).toEqual([[1], [2, 3], [4]])
  runs[2]?.end.resolve()
  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
})
