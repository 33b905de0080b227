import { expect, test } from 'vitest'
import { asError, errorStack, errorText } from '../../../src/common/error-text.ts'

test('an error says its message, anything else itself', () => {
  expect(errorText(new TypeError('no number'))).toBe('no number')
  expect(errorText('gone')).toBe('gone')
  expect(errorText(undefined)).toBe('undefined')
})

test('an error stays the same object, anything else becomes one', () => {
  const error = new RangeError('too far')
  expect(asError(error)).toBe(error)
  expect(asError('gone')).toEqual(new Error('gone'))
})

test('the stack of an error, and of anything else what it says', () => {
  expect(errorStack(new Error('lost'))).toMatch(/lost\n.*error-text\.test/)
  expect(errorStack('gone')).toBe('gone')
})
