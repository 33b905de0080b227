import { expect, test } from 'vitest'
import { endsSince } from '../../../../web/src/ui/ends.ts'
import { titleOf } from '../../../../web/src/ui/page-title.ts'
import { completedOf, projectOf } from '../../../fixtures/web-data.ts'

test('the title of the page says how far things are', () => {
  const half = projectOf({ share: 0.5, frames: 50, totalFrames: 100, title: 'a.mkv' })
  const none = projectOf({ share: 0, frames: 0, totalFrames: 300 })
  expect(titleOf(half, [half, none], false)).toBe('50 % a.mkv – grav1')
  expect(titleOf(undefined, [half, none, completedOf()], false)).toBe('12 % of 2 films – grav1')
  expect(titleOf(undefined, [completedOf()], true)).toBe('(lost) grav1')
  expect(titleOf(completedOf({ title: 'a.mkv' }), [], false)).toBe('completed a.mkv – grav1')
})

test('a project ends once, and only what was seen at work', () => {
  const before = new Map([
    ['a', 'joining'],
    ['b', 'completed'],
    ['c', 'encoding'],
    ['e', 'encoding']
  ] as const)
  const now = [
    completedOf({ projectId: 'a' }),
    completedOf({ projectId: 'b' }),
    projectOf({ projectId: 'c', state: 'cancelled' }),
    completedOf({ projectId: 'd' }),
    projectOf({ projectId: 'e', state: 'failed' })
  ]
  expect(endsSince(before, now).map(({ projectId }) => projectId)).toEqual(['a', 'e'])
})
