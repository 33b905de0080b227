import { expect, test } from 'vitest'
import { rowsOf } from '../../../../web/src/swarm/bars.ts'
import type { TimelineEntry } from '../../../../src/api/schemas/index.ts'

const entry = (worker: string, scene: number, startedAtMs: number, endedAtMs: number | null): TimelineEntry => ({
  projectId: 'p',
  scene,
  worker,
  startedAtMs,
  endedAtMs,
  verdict: endedAtMs == null ? 'running' : 'accepted'
})

test('each worker has a row, and scenes that it had at once lie in lanes of their own', () => {
  const rows = rowsOf(
    [entry('b', 0, 10, 30), entry('a', 1, 0, 100), entry('b', 2, 20, null), entry('b', 3, 30, 40)],
    0,
    100
  )
  expect(rows.map(({ worker, lanes }) => [worker, lanes])).toEqual([
    ['a', 1],
    ['b', 2]
  ])
  expect(rows[1]?.bars.map(({ entry: { scene }, lane, from, to }) => [scene, lane, from, to])).toEqual([
    [0, 0, 0.1, 0.3],
    [2, 1, 0.2, 1],
    [3, 0, 0.3, 0.4]
  ])
})

test('what lies outside of the span is left out, what lies across its edge is cut', () => {
  const rows = rowsOf(
    [entry('a', 0, 0, 49), entry('a', 1, 40, 60), entry('a', 2, 201, 210), entry('a', 3, 140, 400)],
    50,
    150
  )
  expect(rows[0]?.bars.map(({ entry: { scene }, from, to }) => [scene, from, to])).toEqual([
    [1, 0, 0.1],
    [3, 0.9, 1]
  ])
})

test('nothing gives nothing', () => expect(rowsOf([], 0, 0)).toEqual([]))
