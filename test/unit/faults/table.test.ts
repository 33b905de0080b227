import { expect, test } from 'vitest'
import { FAULTS } from '../../faults/table.ts'

test('each fault has a name of its own', () => {
  const names = FAULTS.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('some faults run in the gate, and not all', () => {
  const inGate = FAULTS.filter((fault) => fault.inGate === true)
  expect(inGate.length).toBeGreaterThan(0)
  expect(inGate.length).toBeLessThan(6)
})
