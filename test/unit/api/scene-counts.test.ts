import { expect, test } from 'vitest'
import { acceptedByBuild, acceptedByWorker, pictureOf } from '../../../src/api/scene-counts.ts'
import type { ProjectView } from '../../../src/swarm/protocol/index.ts'

const viewOf = (done: readonly number[], scenes = 9): ProjectView =>
  ({
    scenes: Array.from({ length: scenes }, (_, index) => ({ accepted: done.includes(index) ? {} : undefined })),
    acceptedScenes: done.length
  }) as unknown as ProjectView

test.each([
  [[], null],
  [[0], 0],
  [[0, 2, 5, 7], 5],
  [[3, 8], 3],
  [[0, 1, 2], 0]
] as const)('of the finished scenes %j the picture is of %s', (done, picture) => {
  expect(pictureOf(viewOf(done))).toBe(picture)
})

test('of a log that names another worker and build for each scene those with the most scenes are shown', () => {
  const scenes = Array.from({ length: 999 }, (_, at) => ({
    accepted: { worker: `w${at}`, maker: { build: `b${at}` } }
  }))
  const view = { scenes: [...scenes, scenes[700]] } as unknown as ProjectView
  expect(Object.entries(acceptedByWorker(view))).toHaveLength(256)
  expect(acceptedByWorker(view)).toMatchObject({ w700: 2 })
  expect(acceptedByBuild(view)).toHaveLength(256)
})
