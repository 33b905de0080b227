import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  estimateFrames,
  frameAt,
  ParamsError,
  parsePosition,
  parseRange,
  positionText,
  positionWords
} from '../../../src/encode/rules/index.ts'

const codeOf = (task: () => unknown): string => {
  try {
    task()
  } catch (error) {
    if (error instanceof ParamsError) return error.code
    throw error
  }
  return 'taken'
}

test('a position is a frame or a time', () => {
  expect(parsePosition('1200')).toEqual({ type: 'frame', frame: 1200 })
  expect(parsePosition(' 1200f ')).toEqual({ type: 'frame', frame: 1200 })
  expect(parsePosition(0)).toEqual({ type: 'frame', frame: 0 })
  expect(parsePosition('01:02:03.5')).toEqual({ type: 'time', ms: 3_723_500 })
  expect(parsePosition('00:00:00.042')).toEqual({ type: 'time', ms: 42 })
  expect(parsePosition('2:03')).toEqual({ type: 'time', ms: 123_000 })
  for (const text of ['', '-1', '1.5', '1e3', '00:60:00', '00:00:60', '00:00:01.0001', '1:2:3:4', 'abc', '999999999'])
    expect(
      codeOf(() => parsePosition(text)),
      text
    ).toBe('bad-position')
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99 * 3_600_000 }), (ms) => {
      expect(parsePosition(positionText({ type: 'time', ms }))).toEqual({ type: 'time', ms })
    })
  )
})

test('a list of positions; errors name the line of a file', () => {
  expect(positionWords('100, 250,00:00:12.5')).toEqual(['100', '250', '00:00:12.5'])
  expect(positionWords('# cuts\n100\n250 # the crash\n\n300,310\n')).toEqual(['100', '250', '300', '310'])
  expect(positionWords('')).toEqual([])
  expect(() => positionWords('100\n200\nthree\n')).toThrow('Line 3: "three" is neither')
})

test('a range is open or closed, in frames or times', () => {
  const time = (ms: number) => ({ type: 'time', ms })
  expect(parseRange('00:01:00-00:02:00')).toEqual({ from: time(60_000), to: time(120_000) })
  expect(parseRange('1200f-')).toEqual({ from: { type: 'frame', frame: 1200 }, to: undefined })
  expect(parseRange('-00:10')).toEqual({ from: undefined, to: time(10_000) })
  expect(parseRange('100 - 00:10')).toEqual({ from: { type: 'frame', frame: 100 }, to: time(10_000) })
  for (const text of ['', '-', '100', '1-2-3', '200-100', '100f-100f', '00:02-00:01', '-0', '-00:00', '0-0'])
    expect(
      codeOf(() => parseRange(text)),
      text
    ).toBe('bad-range')
  expect(codeOf(() => parseRange('x-1'))).toBe('bad-position')
})

test('a time means the first frame that is not before it, give or take the rounding to milliseconds', () => {
  const times = Array.from({ length: 100 }, (_, n) => (n * 1001) / 24)
  const at = (ms: number): number | undefined => frameAt({ type: 'time', ms }, times)
  expect(at(0)).toBe(0)
  expect(at(1)).toBe(1)
  for (const [n, ms] of times.entries()) expect(at(Math.round(ms))).toBe(n)
  expect(at(43)).toBe(2)
  expect(at(5000)).toBeUndefined()
  expect(frameAt({ type: 'frame', frame: 99 }, times)).toBe(99)
  expect(frameAt({ type: 'frame', frame: 100 }, times)).toBeUndefined()
})

test('frames of a range, as far as they can be told', () => {
  const fps = { num: 25, den: 1 }
  expect(estimateFrames(parseRange('00:01-00:03'), 1000, fps)).toBe(50)
  expect(estimateFrames(parseRange('100-'), 1000, fps)).toBe(900)
  expect(estimateFrames(parseRange('-5000'), 1000, fps)).toBe(1000)
  expect(estimateFrames(parseRange('5000-'), 1000, fps)).toBe(1)
})
