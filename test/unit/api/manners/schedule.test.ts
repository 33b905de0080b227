import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openingOf, parseSchedule } from '../../../../src/api/manners/schedule.ts'

const zone = process.env['TZ']
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin'
})
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** In the local time of Berlin. */
const at = (text: string): number => Date.parse(text)

function says(schedule: string, time: string): string {
  const { open, untilMs } = openingOf(parseSchedule(schedule), at(time))
  const until = untilMs === undefined ? 'always' : new Date(untilMs).toString().slice(0, 21)
  return `${open ? 'open' : 'closed'} ${until}`
}

describe('a schedule', () => {
  test.for([
    // 2026-11-30 is a Monday.
    ['22:00-07:00', '2026-11-30T21:59:59', 'closed Mon Nov 30 2026 22:00'],
    ['22:00-07:00', '2026-11-30T22:00:00', 'open Tue Dec 01 2026 07:00'],
    ['22:00-07:00', '2026-11-30T06:59:00', 'open Mon Nov 30 2026 07:00'],
    ['22:00-07:00,sat,sun', '2026-12-04T23:00:00', 'open Mon Dec 07 2026 07:00'],
    ['sat,sun', '2026-12-06T12:00:00', 'open Mon Dec 07 2026 00:00'],
    ['sun 22:00-07:00', '2026-12-07T06:00:00', 'open Mon Dec 07 2026 07:00'],
    ['sun 22:00-07:00', '2026-11-30T07:00:00', 'closed Sun Dec 06 2026 22:00'],
    ['mon-fri 18:00-08:00', '2026-12-05T07:00:00', 'open Sat Dec 05 2026 08:00'],
    ['fri-mon', '2026-12-01T00:00:00', 'closed Fri Dec 04 2026 00:00'],
    ['20:00-23:00,22:00-24:00', '2026-11-30T22:30:00', 'open Tue Dec 01 2026 00:00'],
    ['00:00-24:00', '2026-11-30T22:30:00', 'open always'],
    ['off', '2026-11-30T22:30:00', 'open always'],
    ['SAT, 9:30-10:00', '2026-11-30T09:30:00', 'open Mon Nov 30 2026 10:00']
  ] as const)('%s at %s is %s', ([schedule, time, expected]) => {
    expect(says(schedule, time)).toBe(expected)
  })

  test('of a night in which the clock is changed has an hour less or more', () => {
    const night = parseSchedule('22:00-07:00')
    for (const [evening, hours] of [
      ['2026-03-28T22:00:00', 8],
      ['2026-10-24T22:00:00', 10]
    ] as const)
      expect((openingOf(night, at(evening)).untilMs ?? 0) - at(evening)).toBe(hours * HOUR_MS)
    // In the hour that comes twice, both half hours are open.
    const twice = parseSchedule('02:00-02:30')
    const first = at('2026-10-25T02:00:00')
    expect([0, 40, 60, 100].map((more) => openingOf(twice, first + more * MINUTE_MS).open)).toEqual([
      true,
      false,
      true,
      false
    ])
    expect(openingOf(twice, first + 40 * MINUTE_MS).untilMs).toBe(first + HOUR_MS)
  })

  test.for(['', 'x', '25:00-07:00', '22:60-07:00', 'sat,', 'foo', 'mon-foo', '22:00', '24:01-07:00', 'sat sun'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseSchedule(text)).toThrow(TypeError)
    }
  )

  const day = fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
  const time = fc
    .record({ hour: fc.nat(23), minute: fc.nat(59) })
    .map(({ hour, minute }) => `${hour}:${String(minute).padStart(2, '0')}`)
  const range = fc.tuple(time, time).map((ends) => ends.join('-'))
  const days = fc.oneof(
    day,
    fc.tuple(day, day).map((ends) => ends.join('-'))
  )
  const item = fc.oneof(
    days,
    range,
    fc.tuple(days, range).map((parts) => parts.join(' '))
  )
  const schedules = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(','))
  const YEAR_MS = 366 * 24 * HOUR_MS
  const times = fc.nat(YEAR_MS).map((ms) => at('2026-01-01T00:00:00') + ms)

  test('stays as it is until the time that it names, and is other then', () => {
    fc.assert(
      fc.property(schedules, times, fc.nat(999), (text, nowMs, part) => {
        const schedule = parseSchedule(text)
        const { open, untilMs } = openingOf(schedule, nowMs)
        const endMs = untilMs ?? nowMs + 7 * 24 * HOUR_MS
        const between = nowMs + Math.floor(((endMs - nowMs) * part) / 1000)
        expect(openingOf(schedule, between).open).toBe(open)
        if (untilMs !== undefined) expect(openingOf(schedule, untilMs).open).toBe(!open)
      }),
      { numRuns: 50 }
    )
  })

  test('is open where one of its parts is', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), times, (items, nowMs) => {
        const isOpen = (text: string): boolean => openingOf(parseSchedule(text), nowMs).open
        expect(isOpen(items.join(','))).toBe(items.some(isOpen))
      }),
      { numRuns: 50 }
    )
  })
})
