import { describe, expect, test } from 'vitest'
import { createBackoff } from '../../../../src/api/security/backoff.ts'

function clocked() {
  let nowMs = 1_000_000
  const backoff = createBackoff(() => nowMs)
  return {
    ...backoff,
    pass: (ms: number) => void (nowMs += ms),
    failTimes: (address: string, times: number) => {
      for (let time = 0; time < times; time += 1) backoff.failed(address)
    }
  }
}

describe('wrong tokens of one address', () => {
  test('cost nothing at first, then twice as much each time, up to a minute', () => {
    const { waitMs, failTimes } = clocked()
    failTimes('10.0.0.1', 4)
    expect(waitMs('10.0.0.1')).toBe(0)
    const waits = Array.from({ length: 9 }, () => {
      failTimes('10.0.0.1', 1)
      return waitMs('10.0.0.1')
    })
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(waitMs('10.0.0.2')).toBe(0)
  })

  test('are forgotten after the right one, and after a quarter of an hour', () => {
    const { waitMs, failTimes, succeeded, pass } = clocked()
    failTimes('10.0.0.1', 6)
    expect(waitMs('10.0.0.1')).toBe(2000)
    pass(1500)
    expect(waitMs('10.0.0.1')).toBe(500)
    succeeded('10.0.0.1')
    expect(waitMs('10.0.0.1')).toBe(0)
    failTimes('10.0.0.1', 6)
    pass(15 * 60_000 + 1)
    failTimes('10.0.0.1', 1)
    expect(waitMs('10.0.0.1')).toBe(0)
  })

  test('count for the whole /64 of an IPv6 address', () => {
    const { waitMs, failTimes } = clocked()
    failTimes('2001:db8:1:2::1', 3)
    failTimes('2001:db8:1:2:ffff::9', 2)
    expect(waitMs('2001:db8:1:2:3:4:5:6')).toBe(1000)
    expect(waitMs('2001:db8:1:3::1')).toBe(0)
    failTimes('::1', 5)
    expect(waitMs('::1')).toBe(1000)
    failTimes('::ffff:10.0.0.1', 5)
    expect(waitMs('::ffff:10.0.0.2')).toBe(0)
  })

  test('a flood of addresses is forgotten from the oldest on', () => {
    const { waitMs, failTimes } = clocked()
    failTimes('10.9.9.9', 5)
    for (let index = 0; index < 4095; index += 1) failTimes(`10.0.${index >> 8}.${index & 255}`, 1)
    expect(waitMs('10.9.9.9')).toBe(1000)
    failTimes('10.1.0.0', 1)
    expect(waitMs('10.9.9.9')).toBe(0)
  })
})
