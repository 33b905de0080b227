import { describe, expect, test } from 'vitest'
import { mannerValues, type Manners } from '../../../../src/api/manners/index.ts'
import { FRESH_MANNERS, judgeManners, type MachineFacts } from '../../../../src/node/manners/judge.ts'
import { OFF_MANNERS } from '../../../fixtures/manners.ts'

const QUIET: MachineFacts = {
  othersShare: 0,
  inputIdleMs: undefined,
  onBattery: undefined,
  temperature: undefined
}
const WALL_MS = new Date(2026, 10, 30, 12, 0).getTime()
const MINUTE_MS = 60_000

/** A machine in virtual time. */
function machine(given: Partial<Manners>) {
  const values = mannerValues({ ...OFF_MANNERS, ...given })
  let state = FRESH_MANNERS
  let nowMs = 0
  return {
    after(ms: number, facts: Partial<MachineFacts> = {}): string | undefined {
      nowMs += ms
      state = judgeManners(state, values, { wallMs: WALL_MS + nowMs, nowMs, facts: { ...QUIET, ...facts } })
      return state.rest?.code
    },
    rest: () => state.rest
  }
}

describe('a machine that may only work when nobody uses it', () => {
  test('works at once where nobody was seen', () => {
    expect(machine({ whenIdle: '10m' }).after(0)).toBeUndefined()
  })

  test('rests while other programs work, and for as long as set after that', () => {
    const one = machine({ whenIdle: '10m' })
    expect(one.after(5000, { othersShare: 0.5 })).toBe('in-use')
    expect(one.after(9 * MINUTE_MS)).toBe('in-use')
    expect(one.rest()?.untilMs).toBe(WALL_MS + 5000 + 10 * MINUTE_MS)
    expect(one.after(MINUTE_MS)).toBeUndefined()
  })

  test('does not mind the chores of an idle desktop', () => {
    expect(machine({ whenIdle: '10m' }).after(5000, { othersShare: 0.19 })).toBeUndefined()
  })

  test('rests from the last key on', () => {
    const one = machine({ whenIdle: '10m' })
    expect(one.after(5000, { inputIdleMs: 4 * MINUTE_MS })).toBe('in-use')
    expect(one.after(5 * MINUTE_MS, { inputIdleMs: 9 * MINUTE_MS })).toBe('in-use')
    expect(one.after(MINUTE_MS, { inputIdleMs: 10 * MINUTE_MS })).toBeUndefined()
  })

  test('is not asked where that does not matter', () => {
    expect(machine({}).after(5000, { othersShare: 1, inputIdleMs: 0 })).toBeUndefined()
  })
})

test('a machine on battery rests unless its user says otherwise; one that does not tell works', () => {
  expect(machine({}).after(0, { onBattery: true })).toBe('on-battery')
  expect(machine({}).after(0, { onBattery: false })).toBeUndefined()
  expect(machine({ onBattery: 'run' }).after(0, { onBattery: true })).toBeUndefined()
})

test('a hot machine goes on when it is five degrees below the limit', () => {
  const one = machine({ maxTemperature: '85' })
  const steps = [85, 86, 82, 81, 80, 85, 90]
  expect(steps.map((temperature) => one.after(5000, { temperature }) ?? 'runs')).toEqual([
    'runs',
    'too-hot',
    'too-hot',
    'too-hot',
    'runs',
    'runs',
    'too-hot'
  ])
  expect(one.rest()?.detail).toBe('90 °C')
  expect(one.after(5000)).toBeUndefined()
})

test('the schedule comes first, and says until when', () => {
  const one = machine({ schedule: '22:00-07:00' })
  expect(one.after(0, { onBattery: true })).toBe('schedule')
  expect(one.rest()?.untilMs).toBe(new Date(2026, 10, 30, 22, 0).getTime())
  expect(one.after(10 * 60 * MINUTE_MS)).toBeUndefined()
})
