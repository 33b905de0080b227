import { expect, test } from 'vitest'
import { createHeard } from '../../../../src/node/peers/heard.ts'
import { beatOf, viewOf } from '../../../fixtures/api-bench.ts'
import type { LogBook } from '../../../../src/swarm/index.ts'
import type { LogChange } from '../../../../src/swarm/log-book.ts'

test('records and beats count as news, each with its time; what the book forgot is forgotten', () => {
  let now = 1
  const views: LogBook['views'] = new Map([['a', viewOf({ projectId: 'a' })]])
  let onRecord: (change: LogChange) => void = () => {}
  let onBeat: (beat: ReturnType<typeof beatOf>) => void = () => {}
  const heard = createHeard(
    {
      views,
      onRecord: (listener) => {
        onRecord = listener
        return () => {}
      },
      onBeat: (listener) => {
        onBeat = listener
        return () => {}
      }
    },
    () => now
  )
  const record = (projectId: string): void => onRecord({ view: viewOf({ projectId }) } as LogChange)
  expect(heard.atMs('a')).toBeUndefined()
  record('a')
  expect(heard.atMs('a')).toBe(1)
  now = 2
  onBeat(beatOf({ projectId: 'a' }))
  expect(heard.atMs('a')).toBe(2)
  for (let n = 0; n < 200; n += 1) record(`gone${n}`)
  expect(heard.atMs('gone0')).toBeUndefined()
  expect(heard.atMs('a')).toBe(2)
})
