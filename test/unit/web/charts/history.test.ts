import { expect, test } from 'vitest'
import { addSample, columnsOf, sampleOf, SAMPLES_MAX, type Sample } from '../../../../web/src/charts/history.ts'
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
