import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createKeptBytes } from '../../../src/api/kept-bytes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const bench = (bytesMax = 100) => {
  const kept = createKeptBytes({ bytesMax })
  let made = 0
  const of = (key: string, parts: readonly unknown[], text = key): Uint8Array =>
    kept.of(key, parts, () => {
      made += 1
      return text
    })
  return { kept, of, made: () => made }
}

test('bytes are made again only where a part was replaced', () => {
  const { kept, of, made } = bench()
  const view = {}
  const bytes = of('a', [view, 1])
  expect(of('a', [view, 1])).toBe(bytes)
  expect(kept.has('a', [view, 1])).toBe(true)
  expect([made(), Buffer.from(bytes).toString()]).toEqual([1, 'a'])
  for (const parts of [[{}, 1], [view, 2], [view], [view, 1, undefined]]) {
    expect(kept.has('a', parts)).toBe(false)
    expect(of('a', parts, 'new')).toEqual(Uint8Array.from(Buffer.from('new')))
  }
  expect(made()).toBe(5)
})

test('what finds no room is made each time, and pushes nothing out', () => {
  const { kept, of } = bench(10)
  of('a', [], '123456')
  of('b', [], '12345')
  expect([kept.has('a', []), kept.has('b', [])]).toEqual([true, false])
  of('c', [], '1234')
  expect(kept.has('c', [])).toBe(true)
  // The old bytes of a key give way to its new ones.
  of('a', [1], '123')
  of('d', [], '123')
  expect(['a', 'd'].map((key) => kept.has(key, key === 'a' ? [1] : []))).toEqual([true, true])
  of('a', [2], '12345')
  expect([kept.has('a', [1]), kept.has('a', [2])]).toEqual([false, false])
})

test('what nobody asks for is let go within two minutes', () => {
  const { kept, of } = bench()
  for (const key of ['polled', 'left']) of(key, [])
  for (let second = 0; second < 120; second += 1) {
    vi.advanceTimersByTime(1000)
    of('polled', [])
  }
  expect([kept.has('polled', []), kept.has('left', [])]).toEqual([true, false])
  vi.advanceTimersByTime(120_000)
  expect(kept.has('polled', [])).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
  of('polled', [])
  vi.advanceTimersByTime(120_000)
  expect(kept.has('polled', [])).toBe(false)
})
