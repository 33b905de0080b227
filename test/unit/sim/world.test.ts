import { describe, expect, test } from 'vitest'
import { createWorld } from '../../sim/engine/world.ts'

describe('world', () => {
  test('runs by time, equal times by order of scheduling', () => {
    const world = createWorld({ seed: 1 })
    const seen: string[] = []
    world.at(5, () => seen.push('c'))
    world.at(1, () => {
      seen.push('a')
      world.at(4, () => seen.push('e'))
      world.at(-3, () => seen.push('b'))
    })
    world.call(5, (text: string) => seen.push(text), 'd')
    expect(world.run()).toBe('idle')
    expect(seen.join('')).toBe('abcde')
    expect(world.nowMs).toBe(5)
    expect(world.events).toBe(5)
    expect(world.step()).toBe(false)
  })

  test('thousands of events come in order, those cancelled not at all', () => {
    const world = createWorld({ seed: 2 })
    const timers = []
    const seen: number[] = []
    let kept = 0
    for (let count = 0; count < 20_000; count++) {
      const atMs = world.random.int(500)
      timers.push(world.at(atMs, () => seen.push(atMs)))
    }
    for (const [at, timer] of timers.entries()) {
      if (at % 5 === 0) kept++
      else timer.cancel()
    }
    expect(world.pending).toBe(kept)
    timers[1]?.cancel()
    expect(world.pending).toBe(kept)
    world.run()
    expect(seen).toHaveLength(kept)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    timers[0]?.cancel()
    expect(world.pending).toBe(0)
  })

  test('stops for time, count and condition', () => {
    const world = createWorld({ seed: 3 })
    let ticks = 0
    const tick = (): void => {
      ticks++
      world.at(10, tick)
    }
    world.at(10, tick)
    expect(world.run({ untilMs: 35 })).toBe('time')
    expect([ticks, world.nowMs]).toEqual([3, 35])
    expect(world.run({ eventsMax: 2 })).toBe('events')
    expect(ticks).toBe(5)
    let checks = 0
    expect(world.run({ until: () => ticks === 9, after: () => checks++ })).toBe('condition')
    expect([ticks, checks]).toEqual([9, 4])
    expect(() => world.run({ after: () => expect.unreachable() })).toThrow()
  })

  test('refuses a delay that is no number', () => {
    const world = createWorld({ seed: 4 })
    expect(() => world.at(Number.NaN, () => {})).toThrow(RangeError)
    expect(() => world.at(Infinity, () => {})).toThrow(RangeError)
  })

  test('traces with time and source; keeps all, the newest, or nothing', () => {
    const lines = (trace: 'off' | 'all' | number): string[] => {
      const world = createWorld({ seed: 5, trace })
      for (let count = 1; count <= 5; count++)
        world.at(count * 1234.5, () => world.trace('owner', () => `tick ${count}`))
      world.run()
      return world.lines()
    }
    expect(lines('all')).toHaveLength(5)
    expect(lines('all')[0]).toBe('[    1.234 s] owner      tick 1')
    expect(lines(2)).toEqual(lines('all').slice(3))
    const quiet = createWorld({ seed: 6 })
    quiet.trace('owner', () => expect.unreachable())
    expect(quiet.lines()).toEqual([])
  })
})
