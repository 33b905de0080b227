import { expect, test } from 'vitest'
import { otherName } from '../../../../web/src/film/actions/other-name.ts'
import { graphOf } from '../../../../web/src/film/graph.ts'
import { makersOf } from '../../../../web/src/film/makers.ts'
import type { SceneChange } from '../../../../src/api/schemas/index.ts'
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
  const unknown = { psnr: null, psnrMean: null, xpsnr: null }
  const scenes: SceneChange[] = done.slice(0, 3).map((scene) => ({ ...scene, ...unknown, psnr: 40 }))
  scenes[2] = { ...scenes[2]!, ...unknown, state: 0 }
  const [minutes, kbps, psnr] = [
    [0, 1, 2, 3],
    [0.1, 0.1, null, null],
    [40, 40, null, null]
  ]
  expect(graphOf(scenes, 1)).toEqual({ measures: ['bitrate', 'psnr'], columns: [minutes, kbps, psnr] })
  scenes[1] = { ...scenes[1]!, psnrMean: 42, xpsnr: 38 }
  expect(graphOf(scenes, 1)).toEqual({
    measures: ['bitrate', 'psnr', 'psnrMean', 'xpsnr'],
    columns: [minutes, kbps, psnr, [null, 42, null, null], [null, 38, null, null]]
  })
  expect(graphOf([scenes[0], undefined, scenes[1]], 1)).toMatchObject({
    measures: ['bitrate', 'psnr'],
    columns: [
      [0, 1],
      [0.1, 0.1],
      [40, 40]
    ]
  })
  expect(graphOf([], 1)).toEqual({ measures: ['bitrate', 'psnr'], columns: [[], [], []] })
})

test('another name beside a file', () => {
  expect(['/f/a.aom.mkv', '/f/a.aom-2.mkv', '/f/a-99.mp4'].map(otherName)).toEqual([
    '/f/a.aom-2.mkv',
    '/f/a.aom-3.mkv',
    '/f/a-100.mp4'
  ])
})
