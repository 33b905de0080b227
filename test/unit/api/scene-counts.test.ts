import { expect, test } from 'vitest'
import { pictureOf } from '../../../src/api/scene-counts.ts'
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
