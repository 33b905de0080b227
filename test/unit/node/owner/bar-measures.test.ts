import { expect, test } from 'vitest'
import { createBarMeasures } from '../../../../src/node/owner/bar-measures.ts'
import type { FoundBars, SourceInfo } from '../../../../src/encode/rules/index.ts'

const FOUND: FoundBars = { crop: undefined, smaller: undefined, frames: 7, brightest: 0 }
const film = (path: string): SourceInfo => ({ path, bytes: 1, mtimeMs: 1, videoStream: 0 }) as SourceInfo
const here = (): AbortController => new AbortController()

/** Measures that end when the test says so. */
function bench(closed = here()) {
  const begun: { path: string; signal: AbortSignal; end: (found: FoundBars) => void }[] = []
  const find = async ({ path }: SourceInfo, _: boolean, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<FoundBars>((resolve, reject) => {
      begun.push({ path, signal, end: resolve })
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  return { begun, measures: createBarMeasures({ find }, closed.signal), closed }
}

test('a measure goes on when its time is over, and the next who asks waits for the same', async () => {
  const { begun, measures } = bench()
  const deadline = here()
  const early = measures.measureUntil(deadline.signal)(film('a'), false, here().signal)
  deadline.abort()
  expect(await early).toBeUndefined()
  const next = measures.measureUntil(here().signal)(film('a'), false, here().signal)
  const submitted = measures.measure(film('a'), false, here().signal)
  expect(begun).toHaveLength(1)
  begun[0]!.end(FOUND)
  expect(await next).toBe(FOUND)
  expect(await submitted).toBe(FOUND)
})

test('a measure ends when the last who asked has gone, and not before', async () => {
  const { begun, measures } = bench()
  const [one, two] = [here(), here()]
  const asked = [one, two].map(async ({ signal }) => measures.measure(film('a'), false, signal))
  one.abort()
  await expect(asked[0]).rejects.toThrow()
  expect(begun[0]!.signal.aborted).toBe(false)
  two.abort()
  await expect(asked[1]).rejects.toThrow()
  expect(begun[0]!.signal.aborted).toBe(true)
  const again = measures.measure(film('a'), false, here().signal)
  await expect.poll(() => begun.length, { timeout: 60_000 }).toBe(2)
  begun[1]!.end(FOUND)
  expect(await again).toBe(FOUND)
})

test('a client that goes away leaves nothing running, and neither does a node that stops', async () => {
  const { begun, measures, closed } = bench()
  const client = here()
  const gone = measures.measureUntil(here().signal)(film('a'), false, client.signal)
  client.abort()
  await expect(gone).rejects.toThrow()
  expect(begun[0]!.signal.aborted).toBe(true)
  const deadline = here()
  const left = measures.measureUntil(deadline.signal)(film('b'), false, here().signal)
  deadline.abort()
  expect(await left).toBeUndefined()
  await expect.poll(() => begun.length, { timeout: 60_000 }).toBe(2)
  closed.abort()
  expect(begun[1]!.signal.aborted).toBe(true)
})

test('another film, or the same with its fields joined, is a measure of its own, one at a time', async () => {
  const { begun, measures } = bench()
  const asked = [
    measures.measure(film('a'), false, here().signal),
    measures.measure(film('a'), true, here().signal),
    measures.measure(film('b'), true, here().signal)
  ]
  for (const number of [1, 2, 3]) {
    await expect.poll(() => begun.length, { timeout: 60_000 }).toBe(number)
    begun[number - 1]!.end({ ...FOUND, frames: number })
  }
  expect((await Promise.all(asked)).map(({ frames }) => frames)).toEqual([1, 2, 3])
})
