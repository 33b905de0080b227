import { expect, test } from 'vitest'
import { createOpenCircuits } from '../../../../src/swarm/relay/open-circuits.ts'
import { createRelayBudget, pairOf } from '../../../../src/swarm/relay/relay-budget.ts'

const HOUR_MS = 60 * 60_000

function budgetOf(bytes: number, pairsMax = 10) {
  const clock = { ms: 0 }
  const limits = { windowMs: HOUR_MS, controlBytes: 10, pairsMax }
  return { clock, budget: createRelayBudget({ bytes, limits, nowMs: () => clock.ms }) }
}

test('a pair has everything, then control messages, then nothing, and in the next hour everything', () => {
  const { clock, budget } = budgetOf(100)
  expect(budget.shareOf('a b')).toBe('all')
  expect(budget.take('a b', 'all', 100)).toBe(true)
  expect(budget.take('a b', 'all', 1)).toBe(false)
  expect(budget.shareOf('a b')).toBe('control')
  expect(budget.controlLeft('a b')).toBe(10)
  expect(budget.take('a b', 'control', 11)).toBe(false)
  expect(budget.shareOf('a b')).toBeUndefined()
  expect(budget.shareOf('a c')).toBe('all')
  clock.ms = HOUR_MS
  expect(budget.shareOf('a b')).toBe('all')
})

test('a relay without films has control messages for all', () => {
  expect(budgetOf(0).budget.shareOf('a b')).toBe('control')
})

test('what a relay remembers of pairs is bounded', () => {
  const { budget } = budgetOf(100, 2)
  for (const pair of ['a b', 'a c', 'a d']) budget.take(pair, 'all', 100)
  expect(budget.shareOf('a d')).toBe('control')
  expect(budget.shareOf('a b')).toBe('all')
})

test('a pair is the same whoever calls', () => {
  expect(pairOf('b', 'a')).toBe(pairOf('a', 'b'))
})

test.for([
  ['of a pair', ['a', 'b'], 2],
  ['of a peer', ['a', 'c'], 3],
  ['of all', ['e', 'f'], 5]
] as const)('connections %s are counted until they end', ([, [caller, target], most]) => {
  const open = createOpenCircuits({ openPerPair: 2, openPerPeer: 3, openMax: 5 })
  const leaves = [
    open.enter('a', 'b'),
    open.enter('b', 'a'),
    ...(most > 2 ? [open.enter('a', 'd')] : []),
    ...(most > 3 ? [open.enter('d', 'c'), open.enter('d', 'c')] : [])
  ]
  expect(leaves.every((leave) => leave !== undefined)).toBe(true)
  expect(open.enter(caller, target)).toBeUndefined()
  for (const leave of leaves) leave?.()
  expect(open.enter(caller, target)).toBeDefined()
})
