import { describe, expect, test } from 'vitest'
import { createRandom } from '../../sim/engine/random.ts'

function draws(seed: number, count = 50): number[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.next())
}

describe('random', () => {
  test('one seed, one stream; another seed, another', () => {
    expect(draws(7)).toEqual(draws(7))
    expect(draws(7)).not.toEqual(draws(8))
    expect(draws(7)).not.toEqual(draws(7 + 2 ** 32))
    // Pinned: a change here makes every recorded seed worthless.
    expect(createRandom(1).hex(32)).toBe('0f209e4b68891dc953e721b76340f56a')
  })

  test('is even: mean, each bit, each bucket', () => {
    const random = createRandom(3)
    const buckets = Array.from({ length: 16 }, () => 0)
    const bits = Array.from({ length: 32 }, () => 0)
    let sum = 0
    for (let count = 0; count < 64_000; count++) {
      const value = random.next()
      sum += value
      buckets[Math.floor(value * 16)]! += 1
      const word = value * 2 ** 32
      for (let bit = 0; bit < 32; bit++) bits[bit]! += (word >>> bit) & 1
    }
    expect(sum / 64_000).toBeCloseTo(0.5, 2)
    for (const bucket of buckets) expect(Math.abs(bucket - 4000)).toBeLessThan(300)
    for (const bit of bits) expect(Math.abs(bit - 32_000)).toBeLessThan(700)
  })

  test('neighbouring seeds have nothing in common', () => {
    const firsts = Array.from({ length: 2000 }, (_, seed) => createRandom(seed).next())
    expect(new Set(firsts).size).toBe(2000)
    expect(firsts.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(0.5, 1)
  })

  test('helpers stay in their range', () => {
    const random = createRandom(11)
    let sum = 0
    for (let count = 0; count < 5000; count++) {
      expect(random.int(3)).toBeOneOf([0, 1, 2])
      const value = random.range(-2, 5)
      expect(value).toBeGreaterThanOrEqual(-2)
      expect(value).toBeLessThan(5)
      sum += random.exponential(10)
    }
    expect(sum / 5000).toBeGreaterThan(9)
    expect(sum / 5000).toBeLessThan(11)
    expect([random.chance(0), random.chance(1)]).toEqual([false, true])
    expect(random.bytes(7)).toHaveLength(7)
    expect(random.hex(9)).toMatch(/^[0-9a-f]{9}$/)
    const list = Array.from({ length: 40 }, (_, at) => at)
    const mixed = random.shuffle(list)
    expect(mixed).not.toEqual(list)
    expect(mixed.toSorted((a, b) => a - b)).toEqual(list)
    expect(list[0]).toBe(0)
    expect(() => random.int(0)).toThrow(RangeError)
    expect(() => random.pick([])).toThrow(RangeError)
    expect(() => createRandom(Number.NaN)).toThrow(RangeError)
  })

  test('a fork depends on seed and label, not on what was drawn', () => {
    const one = createRandom(5)
    const other = createRandom(5)
    other.bytes(100)
    expect(one.fork('disk').hex(32)).toBe(other.fork('disk').hex(32))
    expect(one.fork('disk').hex(32)).not.toBe(one.fork('net').hex(32))
    expect(one.fork('a').fork('b').hex(32)).not.toBe(one.fork('b').fork('a').hex(32))
    expect(one.fork('').hex(32)).not.toBe(one.hex(32))
    expect(createRandom(6).fork('disk').hex(32)).not.toBe(one.fork('disk').hex(32))
  })
})
