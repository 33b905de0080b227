import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChangeLog } from '../../../../src/api/events/change-log.ts'

const step = fc.record({ key: fc.integer({ min: 0, max: 30 }), forget: fc.boolean() })

describe('change log', () => {
  it('gives each thing once, in the order of its last change, whatever went before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), fc.nat(2000), (steps, first) => {
        const log = createChangeLog<number>()
        const model = new Map<number, number>()
        let version = 0
        for (const { key, forget } of steps) {
          if (forget && version % 3 === 0) {
            model.delete(key)
            log.forget(key)
          } else {
            version += 1
            model.delete(key)
            model.set(key, version)
            log.set(key, version)
          }
        }
        const expected = [...model].filter(([, at]) => at >= first)
        expect(log.from(first, Infinity).map(({ key, version: at }) => [key, at])).toEqual(expected)
        expect(log.from(first, 3)).toHaveLength(Math.min(3, expected.length))
        expect(log.size).toBe(model.size)
      })
    )
  })

  it('gives the first after a version', () => {
    const log = createChangeLog<string>()
    log.set('a', 1)
    log.set('b', 2)
    log.set('a', 3)
    expect(log.after(0)).toEqual({ key: 'b', version: 2 })
    expect(log.after(2)).toEqual({ key: 'a', version: 3 })
    expect(log.after(3)).toBeUndefined()
    expect(log.versionOf('a')).toBe(3)
  })
})
