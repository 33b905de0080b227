import { describe, expect, test } from 'vitest'
import { createClock } from '../../sim/engine/clock.ts'
import { createWorld } from '../../sim/engine/world.ts'

describe('clock', () => {
  test('runs at its rate and never goes back when the rate changes', () => {
    const world = createWorld({ seed: 1 })
    const clock = createClock(world, { rate: 2 })
    world.run({ untilMs: 50 })
    const scope = clock.boot()
    world.run({ untilMs: 150 })
    expect(scope.monotonicMs()).toBe(200)
    clock.setRate(0.5)
    expect(scope.monotonicMs()).toBe(200)
    world.run({ untilMs: 250 })
    expect(clock.monotonicMs()).toBe(250)
    expect(() => clock.setRate(2.1)).toThrow(RangeError)
    expect(clock.boot().monotonicMs()).toBe(0)
  })

  test('the wall clock jumps, the monotonic does not', () => {
    const world = createWorld({ seed: 1 })
    const clock = createClock(world, { wallMs: 1000 })
    const scope = clock.boot()
    clock.jumpWall(-5000)
    world.run({ untilMs: 10 })
    expect([scope.wallMs(), scope.monotonicMs()]).toEqual([-3990, 10])
  })

  test('a timer fires when its own time has passed, not before, whatever the rate does', () => {
    const world = createWorld({ seed: 2 })
    for (const rate of [0.5, 0.77, 1, 1.3, 2]) {
      const clock = createClock(world, { rate })
      const scope = clock.boot()
      const begun = scope.monotonicMs()
      let fired = -1
      scope.after(333, () => (fired = scope.monotonicMs()))
      world.run()
      expect(fired - begun).toBe(333)
    }
    const clock = createClock(world, { rate: 2 })
    const scope = clock.boot()
    let fired = -1
    scope.after(1000, () => (fired = scope.monotonicMs()))
    clock.setRate(0.5)
    world.run()
    expect(fired).toBe(1000)
  })

  test('no timer outlives its process', () => {
    const world = createWorld({ seed: 3 })
    const clock = createClock(world)
    const seen: string[] = []
    const first = clock.boot()
    first.after(10, () => seen.push('first'))
    first.after(5, () => seen.push('cancelled')).cancel()
    const second = clock.boot()
    expect([first.alive, second.alive]).toEqual([false, true])
    second.after(10, () => seen.push('second'))
    first.after(1, () => seen.push('late'))
    world.run()
    expect(seen).toEqual(['second'])
  })

  test('a paused process runs nothing; then all that is due, in order', () => {
    const world = createWorld({ seed: 4 })
    const clock = createClock(world)
    const scope = clock.boot()
    const seen: string[] = []
    const note = (text: string) => (): void => void seen.push(`${text}@${world.nowMs}`)
    scope.after(10, () => {
      note('a')()
      scope.after(0, note('late'))
    })
    scope.after(20, note('b'))
    scope.after(100, note('d'))
    world.at(15, () => clock.pass(note('message'), undefined))
    // At the very moment of the end, yet scheduled before it.
    world.at(50, () => clock.pass(note('c'), undefined))
    clock.pause(50)
    world.run()
    expect(seen).toEqual(['a@50', 'message@50', 'b@50', 'c@50', 'late@50', 'd@100'])
  })

  test('killed while paused: nothing of it runs, the next process is not paused', () => {
    const world = createWorld({ seed: 5 })
    const clock = createClock(world)
    const seen: string[] = []
    clock.boot().after(10, () => seen.push('old'))
    clock.pause()
    world.run({ untilMs: 20 })
    const changes: boolean[] = []
    clock.watch(() => changes.push(clock.paused))
    clock.boot().after(10, () => seen.push('new'))
    world.run()
    expect(seen).toEqual(['new'])
    expect(changes).toEqual([false])
  })
})
