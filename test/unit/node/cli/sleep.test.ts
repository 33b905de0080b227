import { expect, test } from 'vitest'
import { closingText, fetchingText, sleepSeconds } from '../../../../src/node/cli/commands/sleep.ts'

const machine = (peerId: string, scenes: number, fetched = scenes) => ({
  peerId,
  scenes,
  fetched,
  ready: fetched === scenes
})
const inAnHour = Date.now() + 3_600_000

test.for([
  ['1m', 60],
  ['90m', 5400],
  ['8h', 28_800],
  ['1.5 h', 5400],
  ['7d', 604_800]
] as const)('%s are %i seconds', ([text, seconds]) => {
  expect(sleepSeconds(text)).toBe(seconds)
})

test.for(['', '8', '8 hours', '59s', '0.5m', '8d', '-1h', '1e3m'])('%j is no time to sleep', (text) => {
  expect(() => sleepSeconds(text)).toThrow(`"${text}" is not allowed; use a time from 1m to 7d, such as 90m, 8h or 2d.`)
})

test('machines that still fetch are named with what they have', () => {
  const machines = [machine('a', 8, 3), machine('b', 2), machine('c', 1, 0)]
  expect(fetchingText(machines, (peerId) => `nas-${peerId}`)).toBe('3 of 8 pieces at nas-a, 0 of 1 piece at nas-c')
  expect(fetchingText([machine('b', 2)], String)).toBe('')
})

test('at the end it says who goes on with how much, and what is missing', () => {
  const said = (machines: ReturnType<typeof machine>[], fetching = '') =>
    closingText({ untilMs: inAnHour, machines }, fetching)
  expect(said([machine('a', 1), machine('b', 0)])).toMatch(
    /^You can close the lid: 1 scene continues at 1 machine until \d\d:\d\d$/
  )
  expect(said([machine('a', 8), machine('b', 2)])).toMatch(/: 10 scenes continue at 2 machines until /)
  expect(said([machine('a', 8, 3)], '3 of 8 pieces at a')).toMatch(
    /\. Not all pieces have arrived: 3 of 8 pieces at a\. Those scenes wait for this node$/
  )
})
