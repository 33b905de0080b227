import { expect, test } from 'vitest'
import { createShelf } from '../../../../src/swarm/doors/shelf.ts'

const keys = (shelf: { entries: ReadonlyMap<string, number> }): string => [...shelf.entries.keys()].join(' ')

test('an owner loses its oldest above its own limit, whatever others have', () => {
  const shelf = createShelf<number>({ max: 10, maxPerOwner: 2 })
  shelf.put('h1', 0, 'honest')
  for (const name of ['a1', 'a2', 'a3', 'a4']) shelf.put(name, 0, 'attacker')
  expect(keys(shelf)).toBe('h1 a3 a4')
})

test('a full shelf takes from an owner that has more than its share, and else the oldest', () => {
  const shelf = createShelf<number>({ max: 4 })
  shelf.put('h1', 0, 'honest')
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5'])
    expect(shelf.put(name, 0, 'attacker').length).toBe(name > 'a3' ? 1 : 0)
  expect(keys(shelf)).toBe('h1 a3 a4 a5')
  expect(shelf.put('n1', 0, 'new')).toEqual(['h1'])
})

test('an entry that is written again is the newest, and what is needed goes last', () => {
  const shelf = createShelf<number>({ max: 2, isNeeded: (key) => key === 'needed' })
  shelf.put('needed', 0, '1')
  shelf.put('b', 0, '2')
  expect(shelf.put('c', 0, '3')).toEqual(['b'])
  shelf.put('c', 1, '3')
  expect(shelf.put('d', 0, '4')).toEqual(['c'])
  expect(keys(shelf)).toBe('needed d')
  expect(shelf.delete('needed')).toBe(true)
  expect(shelf.delete('needed')).toBe(false)
})
