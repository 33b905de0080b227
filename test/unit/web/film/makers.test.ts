import { expect, test } from 'vitest'
import { otherName } from '../../../../web/src/film/actions/other-name.ts'
import { graphOf } from '../../../../web/src/film/graph.ts'
import { makersOf } from '../../../../web/src/film/makers.ts'
import { scenesOf } from '../../../fixtures/web-data.ts'

const done = scenesOf(4).map((scene) => ({ ...scene, state: 5, frames: 60, bytes: 750, encodeMs: 1000, worker: 'w' }))

test('who made how much, the one with most first', () => {
  const scenes = done.map((scene, index) => ({ ...scene, worker: index === 0 ? 'a' : 'b' }))
  expect(makersOf([...scenes, undefined, { ...scenes[0]!, state: 0 }])).toEqual([
    { worker: 'b', scenes: 3, frames: 180, bytes: 2250, encodeMs: 3000 },
    { worker: 'a', scenes: 1, frames: 60, bytes: 750, encodeMs: 1000 }
  ])
  expect(makersOf([])).toEqual([])
})

test('bitrate and quality over the film, as far as it is known without a gap', () => {
  const scenes = [...done.slice(0, 2).map((scene) => ({ ...scene, psnr: 40 })), { ...done[2]!, state: 0, psnr: null }]
  expect(graphOf(scenes, 1)).toEqual([
    [0, 1, 2, 3],
    [0.1, 0.1, null, null],
    [40, 40, null, null]
  ])
  expect(graphOf([done[0], undefined, done[2]], 1)[0]).toEqual([0, 1])
  expect(graphOf([], 1)).toEqual([[], [], []])
})

test('another name beside a file', () => {
  expect(['/f/a.aom.mkv', '/f/a.aom-2.mkv', '/f/a-99.mp4'].map(otherName)).toEqual([
    '/f/a.aom-2.mkv',
    '/f/a.aom-3.mkv',
    '/f/a-100.mp4'
  ])
})
