import { expect, test } from 'vitest'
import { compactBytes } from '../../../../web/src/film/grid/cells.ts'
import { matches, neighbour, NO_FILTER, toggled } from '../../../../web/src/film/filter.ts'
import { STATES } from '../../../../web/src/film/films.ts'
import { countStates, isDone, shareDone, summaryOf } from '../../../../web/src/film/states.ts'
import { SCENE_STATES } from '../../../../src/api/schemas/index.ts'
import { scenesOf } from '../../../fixtures/web-data.ts'

const scenes = scenesOf(133)

test('the states are those of the node, in its order', () => {
  expect(STATES).toEqual(SCENE_STATES)
})

test('a film in one sentence', () => {
  expect(summaryOf(countStates(scenes))).toBe(
    '27 of 133 scenes are done, 2 in progress, 1 being checked, 1 failed, 102 waiting.'
  )
  expect(summaryOf(countStates([]))).toBe('No scenes yet.')
  expect(summaryOf(countStates([undefined, scenes[0]]))).toBe('1 of 1 scene is done.')
})

test('only a running pass has a share', () => {
  const [scene] = scenes
  expect(shareDone({ ...scene!, state: 2, frames: 100, framesDone: 25 })).toBe(0.25)
  expect(shareDone({ ...scene!, state: 3, frames: 100, framesDone: 250 })).toBe(1)
  expect(shareDone({ ...scene!, state: 3, frames: 0, framesDone: 5 })).toBeUndefined()
  expect(shareDone({ ...scene!, state: 5 })).toBeUndefined()
})

test('filters by state and by worker', () => {
  const onlyDone = toggled(NO_FILTER, 'done')
  expect(scenes.filter((scene) => matches(onlyDone, scene))).toEqual(scenes.filter(isDone))
  expect(scenes.filter((scene) => matches(toggled(onlyDone, 'done'), scene))).toHaveLength(133)
  const worker = scenes[0]!.worker!
  const his = scenes.filter((scene) => matches({ ...onlyDone, worker }, scene))
  expect(his).toEqual(scenes.filter((scene) => isDone(scene) && scene.worker === worker))
})

test('the next scene of a kind, over holes and to the ends', () => {
  const some = [scenes[0], undefined, scenes[40], scenes[1]]
  expect(neighbour(some, 0, 1, isDone)).toBe(3)
  expect(neighbour(some, 3, -1, isDone)).toBe(0)
  expect(neighbour(some, 3, 1, isDone)).toBeUndefined()
  expect(neighbour(some, 0, -1, isDone)).toBeUndefined()
})

test.each([
  [512, '512B'],
  [629_658, '614.9K'],
  [5_400_000, '5.1M']
])('%i bytes in a cell: %s', (count, text) => {
  expect(compactBytes(count)).toBe(text)
})
