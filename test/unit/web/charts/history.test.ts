import { expect, test } from 'vitest'
import {
  addSample,
  columnsOf,
  joinSamples,
  sampleOf,
  SAMPLES_MAX,
  type Sample
} from '../../../../web/src/charts/history.ts'
import { completedOf, nodeOf, peerOf, projectOf } from '../../../fixtures/web-data.ts'

test('a sample holds the speed of who encodes and the frames left of what runs', () => {
  const nodes = [nodeOf({ peerId: 'me', slots: 2, fps: 3 }), peerOf({ peerId: 'watcher', slots: 0, fps: 0 })]
  const projects = [projectOf({ projectId: 'a', frames: 40, totalFrames: 100 }), completedOf({ projectId: 'b' })]
  const sample = sampleOf(1000, nodes, projects)
  expect([...sample.fps]).toEqual([['me', 3]])
  expect([...sample.left]).toEqual([['a', 60]])
})

test('columns have a line for all that was ever seen, with gaps where it was not', () => {
  const at = (atMs: number, fps: Record<string, number>): Sample => ({
    atMs,
    fps: new Map(Object.entries(fps)),
    left: new Map()
  })
  expect(columnsOf([at(1000, { a: 1 }), at(3000, { a: 2, b: 5 })], ({ fps }) => fps)).toEqual({
    keys: ['a', 'b'],
    columns: [
      [1, 3],
      [1, 2],
      [null, 5]
    ]
  })
})

test('however long it runs, it keeps a bounded number of samples, the first and the last among them', () => {
  let samples: readonly Sample[] = []
  for (let n = 0; n <= 3 * SAMPLES_MAX; n += 1)
    samples = addSample(samples, { atMs: n, fps: new Map(), left: new Map() })
  expect(samples.length).toBeLessThanOrEqual(SAMPLES_MAX)
  expect([samples[0]?.atMs, samples.at(-1)?.atMs]).toEqual([0, 3 * SAMPLES_MAX])
  expect(samples.map(({ atMs }) => atMs)).toEqual(samples.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
})

test('what the node remembers comes first, each moment once, and a line ends where nothing was noted', () => {
  const at = (minute: number): Sample => ({ atMs: minute * 60_000, fps: new Map([['a', minute]]), left: new Map() })
  const joined = joinSamples([at(0), at(1), at(2), at(60)], [at(60), at(61)])
  expect(joined.map(({ atMs, fps }) => [atMs / 60_000, fps.get('a')])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [2 + 1 / 60_000, undefined],
    [60, 60],
    [61, 61]
  ])
  expect(joinSamples([], [])).toEqual([])
})
