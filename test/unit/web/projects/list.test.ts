import { describe, expect, test } from 'vitest'
import { shownProjects, type Shown } from '../../../../web/src/projects/list.ts'
import { framesText, leftText, sizeText } from '../../../../web/src/projects/progress.ts'
import { completedOf, projectOf } from '../../../fixtures/web-data.ts'

const ALL: Shown = { text: '', state: 'all', sort: 'priority', descending: false }
const film = (projectId: string, init: Parameters<typeof projectOf>[0] = {}) =>
  projectOf({ projectId, title: projectId, createdAtMs: 1, ...init })
const ids = (list: readonly { readonly projectId: string }[]) => list.map(({ projectId }) => projectId)

describe('the list of projects', () => {
  test('is sorted by priority, then age', () => {
    const list = [film('c', { priority: 1 }), film('b', { createdAtMs: 2 }), film('a')]
    expect(ids(shownProjects(list, ALL))).toEqual(['a', 'b', 'c'])
    expect(ids(shownProjects(list, { ...ALL, descending: true }))).toEqual(['c', 'a', 'b'])
  })

  test('puts what has no end in sight last', () => {
    const list = [film('a', { etaSeconds: null }), film('b', { etaSeconds: 5 })]
    expect(ids(shownProjects(list, { ...ALL, sort: 'left' }))).toEqual(['b', 'a'])
  })

  test('shows what has all the words, of the state', () => {
    const list = [film('Big Buck Bunny'), film('big fish', { state: 'failed' }), film('Sintel')]
    expect(ids(shownProjects(list, { ...ALL, text: ' BIG  aom ' }))).toEqual(['big fish', 'Big Buck Bunny'].toSorted())
    expect(ids(shownProjects(list, { ...ALL, text: 'big', state: 'failed' }))).toEqual(['big fish'])
  })
})

describe('progress in words', () => {
  test('what is left is a range as long as the node gives one', () => {
    expect(leftText(projectOf({ etaSeconds: 90 }))).toBe('1 min 30 s')
    expect(leftText(projectOf({ etaRange: { likely: 900, low: 60, high: 7200 } }))).toBe('1 min to 2 h')
    expect(leftText(projectOf({ etaSeconds: null }))).toBe('not known yet')
    expect(leftText(completedOf())).toBe('')
  })

  test('frames are about so many while they are counted', () => {
    expect(framesText(projectOf({ frames: 1200, totalFrames: 14_315 }))).toBe('1,200 of 14,315 frames')
    expect(framesText(projectOf({ frames: 0, totalFrames: 100, planned: false }))).toBe('0 of about 100 frames')
  })

  test('the size stands against the source', () => {
    const GB = 2 ** 30
    const at = { sourceBytes: 4 * GB, bytes: GB / 2, estimatedBytes: GB }
    expect(sizeText(projectOf(at))).toBe('512 MiB so far, about 1.0 GiB in all, 25 % of the source’s 4.0 GiB')
    expect(sizeText(completedOf({ ...at, outputBytes: 2 * GB }))).toBe('2.0 GiB, 50 % of the source’s 4.0 GiB')
    expect(sizeText(projectOf({ ...at, bytes: 0 }))).toBe('source 4.0 GiB')
  })
})
