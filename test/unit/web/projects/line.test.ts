import { describe, expect, test } from 'vitest'
import { turnsFor } from '../../../../web/src/projects/reorder.ts'
import { entriesOf, seasonOf } from '../../../../web/src/projects/seasons.ts'
import { projectOf } from '../../../fixtures/web-data.ts'

const list = (priorities: Readonly<Record<string, number>>) =>
  Object.entries(priorities).map(([projectId, priority]) => ({ projectId, priority }))

/** The order after the changes; equal ones stay as they are. */
function orderAfter(priorities: Readonly<Record<string, number>>, moved: string, before?: string): string {
  const films = list(priorities)
  const turns = new Map(turnsFor(films, moved, before).map(({ projectId, priority }) => [projectId, priority]))
  return films
    .map(({ projectId, priority }) => ({ projectId, priority: turns.get(projectId) ?? priority }))
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ projectId }) => projectId)
    .join('')
}

describe('a place in the line', () => {
  test.each([
    ['c', 'a', 'cabd'],
    ['a', 'c', 'bacd'],
    ['a', undefined, 'bcda'],
    ['d', 'b', 'adbc'],
    ['b', 'b', 'abcd'],
    ['b', 'c', 'abcd']
  ])('%s before %s', (moved, before, order) => {
    expect(orderAfter({ a: 0, b: 1, c: 2, d: 9 }, moved, before)).toBe(order)
    expect(orderAfter({ a: 0, b: 0, c: 0, d: 0 }, moved, before)).toBe(order)
    expect(orderAfter({ a: 0, b: 0, c: 0, d: 1 }, moved, before)).toBe(order)
  })

  test('changes only what it has to', () => {
    expect(turnsFor(list({ a: 0, b: 1, c: 2 }), 'c', 'b')).toEqual([{ projectId: 'c', priority: 0.5 }])
    expect(turnsFor(list({ a: 0, b: 1 }), 'b', undefined)).toEqual([])
    expect(turnsFor(list({ a: 0, b: 0, c: 0, d: 7 }), 'c', 'b').map(({ projectId }) => projectId)).toEqual(['c', 'b'])
  })
})

describe('seasons', () => {
  test.each([
    ['The.Show.S02E05.1080p.mkv', 'The Show, season 2'],
    ['the show - s2e11.mkv', 'the show, season 2'],
    ['The_Show 2x05.mkv', 'The Show, season 2'],
    ['S01E01.mkv', 'season 1'],
    ['Film 1920x1080.mkv', undefined],
    ['Big Buck Bunny.mkv', undefined]
  ])('%s', (title, season) => {
    expect(seasonOf(title)).toBe(season)
  })

  test('a season of one film is none, and films keep their order', () => {
    const films = ['A S01E02.mkv', 'B.mkv', 'a s01e01.mkv', 'C S01E01.mkv'].map((title) =>
      projectOf({ projectId: title, title })
    )
    const names = (grouped: boolean) =>
      entriesOf(films, grouped).map((entry) =>
        entry.type === 'film' ? entry.project.title : [entry.name, ...entry.projects.map(({ title }) => title)]
      )
    expect(names(true)).toEqual([['A, season 1', 'A S01E02.mkv', 'a s01e01.mkv'], 'B.mkv', 'C S01E01.mkv'])
    expect(names(false)).toEqual(films.map(({ title }) => title))
  })
})
