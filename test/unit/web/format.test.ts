import { expect, test } from 'vitest'
import { clock, dateTime, plural, sharePercent, whole } from '../../../web/src/format.ts'

test('one of something, several, and none', () => {
  expect([0, 1, 2, 1234].map((count) => plural(count, 'scene'))).toEqual([
    `0 scenes`,
    `1 scene`,
    `2 scenes`,
    `${whole(1234)} scenes`
  ])
  expect([1, 2].map((count) => plural(count, 'scene is', 'scenes are'))).toEqual(['1 scene is', '2 scenes are'])
})

test('work that runs is done only when all of it is', () => {
  expect([0, 0.5, 0.999, 1, 1.2, -1].map(sharePercent)).toEqual(['0 %', '50 %', '99 %', '100 %', '100 %', '0 %'])
})

test('a time of another day has its date', () => {
  const atMs = Date.UTC(2026, 1, 3, 4, 5, 6)
  expect(clock(atMs, atMs + 7 * 86_400_000)).toBe(dateTime(atMs))
  expect(clock(atMs, atMs)).not.toBe(dateTime(atMs))
})
