import { expect, onTestFinished, test, vi } from 'vitest'
import { createPaced } from '../../../src/swarm/sync/paced.ts'

test('a task runs at once, and whatever is asked meanwhile makes one more after the pause', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const ran: string[] = []
  const paced = createPaced(1_000)
  const ask = (key: string): void => paced.run(key, () => ran.push(key))
  ask('a')
  ask('b')
  vi.advanceTimersByTime(0)
  expect(ran).toEqual(['a', 'b'])
  ask('a')
  ask('a')
  vi.advanceTimersByTime(999)
  expect(ran).toEqual(['a', 'b'])
  vi.advanceTimersByTime(1)
  expect(ran).toEqual(['a', 'b', 'a'])

  // Of a peer that is gone nothing is left, and nothing runs after the end.
  ask('a')
  paced.forget('a')
  ask('b')
  paced.stop()
  ask('c')
  vi.advanceTimersByTime(10_000)
  expect(ran).toEqual(['a', 'b', 'a'])
})
