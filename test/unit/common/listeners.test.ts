import { expect, test } from 'vitest'
import { createListeners } from '../../../src/common/listeners.ts'

test('all are told in the order they were added, until they leave', () => {
  const listeners = createListeners<string>()
  const heard: string[] = []
  const leave = listeners.add((news) => heard.push(`first ${news}`))
  listeners.add((news) => heard.push(`second ${news}`))
  listeners.tell('a')
  leave()
  listeners.tell('b')
  expect(heard).toEqual(['first a', 'second a', 'second b'])
})

test('with somebody to tell of errors, one that throws keeps nobody from the news', () => {
  const errors: unknown[] = []
  const listeners = createListeners<string>((error) => errors.push(error))
  const failure = new Error('broken')
  const heard: string[] = []
  listeners.add(() => {
    throw failure
  })
  listeners.add((news) => heard.push(news))
  listeners.tell('a')
  expect(heard).toEqual(['a'])
  expect(errors).toEqual([failure])
})

test('without, whoever tells gets the error', () => {
  const listeners = createListeners<string>()
  listeners.add(() => {
    throw new Error('broken')
  })
  expect(() => listeners.tell('a')).toThrow('broken')
})
