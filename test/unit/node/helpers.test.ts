import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRateMeter } from '../../../src/node/peers/rate-meter.ts'
import { createShutdown } from '../../../src/node/boot/shutdown.ts'
import { autoSlots, memoryForScenes } from '../../../src/node/slots.ts'

const GIB = 2 ** 30
const HD = (1920 * 1080) / 1e6

describe('slots', () => {
  test.for([
    [2, 8, 2],
    [16, 8, 7],
    [16, 64, 16],
    [64, 1, 1],
    [1, 64, 1],
    [0, 64, 1]
  ] as const)('%i cores and %i GiB: %i', ([cores, gib, slots]) => {
    expect(autoSlots(cores, gib * GIB)).toBe(slots)
  })

  test('larger pictures get fewer, the hungrier encoder too, and what is too large none', () => {
    const scenesOf = (...args: Parameters<typeof memoryForScenes>): number => memoryForScenes(...args).scenes
    expect(scenesOf(HD, 'aom', 16 * GIB)).toBe(15)
    expect(scenesOf(HD, 'vp9', 16 * GIB)).toBe(19)
    expect(scenesOf(HD, 'svt', 16 * GIB)).toBe(11)
    expect(scenesOf(4 * HD, 'aom', 16 * GIB)).toBe(3)
    const { scenes, needsGib, hasGib } = memoryForScenes(16_384 ** 2 / 1e6, 'aom', GIB)
    expect([scenes, Math.round(needsGib), hasGib]).toEqual([0, 134, 1])
  })
})

describe('the shutdown', () => {
  test('runs backwards, one after the other, once', async () => {
    const shutdown = createShutdown()
    const done: string[] = []
    for (const name of ['first', 'second', 'third']) {
      shutdown.add(async () => {
        await Promise.resolve()
        done.push(`${name} begins`)
        await Promise.resolve()
        done.push(`${name} ends`)
      })
    }
    await Promise.all([shutdown.run(), shutdown.run()])
    await shutdown.run()
    await shutdown.begun
    expect(done).toEqual(['third begins', 'third ends', 'second begins', 'second ends', 'first begins', 'first ends'])
  })

  test('a step that fails keeps none of the others from running; all errors are told', async () => {
    const shutdown = createShutdown()
    const done: string[] = []
    shutdown.add(async () => void done.push('first'))
    shutdown.add(async () => Promise.reject(new Error('one')))
    shutdown.add(() => {
      throw new Error('two')
    })
    shutdown.add(async () => void done.push('last'))
    const error: unknown = await shutdown.run().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: two', 'Error: one'])
    expect(done).toEqual(['last', 'first'])
  })
})

describe('the rate', () => {
  test('is that of the window, 0 before the second count and when idle', () => {
    const meter = createRateMeter(30_000)
    expect(meter.perSecond(0)).toBe(0)
    meter.update(1000, 0)
    expect(meter.perSecond(1000)).toBe(0)
    meter.update(1010, 10_000)
    expect(meter.perSecond(10_000)).toBe(1)
    meter.update(1410, 50_000)
    expect(meter.perSecond(50_000)).toBe(10)
    expect(meter.perSecond(80_001)).toBe(0)
  })

  test('a count that falls begins anew', () => {
    const meter = createRateMeter(30_000)
    meter.update(100, 0)
    meter.update(200, 1000)
    meter.update(150, 2000)
    expect(meter.perSecond(2000)).toBe(0)
    meter.update(160, 3000)
    expect(meter.perSecond(3000)).toBe(10)
  })

  test('is always finite and never negative', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(60_000)), { maxLength: 50 }), (steps) => {
        const meter = createRateMeter()
        let nowMs = 0
        for (const [frames, ms] of steps) {
          meter.update(frames, (nowMs += ms))
          const rate = meter.perSecond(nowMs)
          expect(Number.isFinite(rate) && rate >= 0).toBe(true)
        }
      })
    )
  })
})
