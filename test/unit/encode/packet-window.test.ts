import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPacketTable, type Packet } from '../../../src/encode/rules/index.ts'

const packets = (text: string): Packet[] =>
  text.split(' ').map((word) => ({ pts: Number.parseInt(word, 10), key: word.endsWith('K') }))

test('closed groups', () => {
  const table = createPacketTable(packets('0K 20 10 30K 50 40 60K 70'))
  expect(table?.windowFor(0, 3)).toEqual({ first: 0, end: 3, keyPts: 0, nextKeyPts: 30, skip: 0 })
  expect(table?.windowFor(4, 1)).toEqual({ first: 3, end: 6, keyPts: 30, nextKeyPts: 60, skip: 1 })
  expect(table?.windowFor(4, 4)).toEqual({ first: 3, end: 8, keyPts: 30, nextKeyPts: 60, skip: 1 })
  expect(table?.windowFor(7, 1)).toEqual({ first: 6, end: 8, keyPts: 60, nextKeyPts: undefined, skip: 1 })
  expect(table?.windowFor(7, 2)).toBeUndefined()
})

test('open groups take the next key packet for their last pictures', () => {
  // 40K is followed by its leading pictures 20 and 30.
  const table = createPacketTable(packets('0K 10 40K 20 30 50'))
  expect(table?.windowFor(1, 2)).toEqual({ first: 0, end: 4, keyPts: 0, nextKeyPts: 40, skip: 1 })
  expect(table?.windowFor(3, 1)).toEqual({ first: 0, end: 5, keyPts: 0, nextKeyPts: 40, skip: 3 })
  expect(table?.windowFor(4, 1)).toEqual({ first: 2, end: 5, keyPts: 40, nextKeyPts: undefined, skip: 0 })
})

test('tables without an order are refused', () => {
  expect(createPacketTable([])).toBeUndefined()
  expect(createPacketTable([{ pts: undefined, key: true }])).toBeUndefined()
  expect(createPacketTable(packets('0K 0'))).toBeUndefined()
  expect(createPacketTable(packets('0 10'))?.windowFor(0, 1)).toBeUndefined()
})

test('a window holds every wanted frame, after a key packet', () => {
  const tables = fc
    .array(fc.tuple(fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 60 })
    .map((items) => items.map(([jitter, key], n) => ({ at: n + jitter, key: key || n === 0, n })))
    .map((items) => {
      const order = items.toSorted((a, b) => a.at - b.at || a.n - b.n)
      let lastKey = -1
      return items.map((item) => {
        // Encoders write key packets in presentation order.
        const pts = order.indexOf(item) * 10
        const key = item.key && pts > lastKey
        if (key) lastKey = pts
        return { pts, key }
      })
    })
  fc.assert(
    fc.property(tables, fc.nat(59), fc.nat(59), (table, a, b) => {
      const start = a % table.length
      const frames = 1 + (b % (table.length - start))
      const window = createPacketTable(table)?.windowFor(start, frames)
      if (window === undefined) {
        expect(table.every((packet) => !packet.key || packet.pts > start * 10)).toBe(true)
        return
      }
      expect(table[window.first]?.key).toBe(true)
      expect(window.keyPts + window.skip * 10).toBe(start * 10)
      for (const [index, packet] of table.entries()) {
        if (packet.pts >= start * 10 && packet.pts < (start + frames) * 10) expect(index).toBeLessThan(window.end)
      }
    })
  )
})
