import { expect, test } from 'vitest'
import { createInbox } from '../../../../src/node/owner/inbox.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'
import type { SessionMessage } from '../../../../src/swarm/protocol/index.ts'

const wake = (projectId = PROJECT): SessionMessage => ({ type: 'wake', projectId })

test('messages wait until it is ready, then are handled one after the other, whatever one of them throws', async () => {
  const ready = Promise.withResolvers<void>()
  const done: string[] = []
  const errors: unknown[] = []
  const push = createInbox({
    ready: ready.promise,
    handle: async (message) => {
      if (message.type !== 'wake') throw new Error('broken')
      const name = message.projectId
      done.push(`begin ${name}`)
      await new Promise(setImmediate)
      done.push(`end ${name}`)
    },
    onError: (error) => errors.push(error),
    onFull: () => {}
  })
  push(wake('a'))
  push({ type: 'grant', envelope: new Uint8Array() })
  push(wake('b'))
  await new Promise(setImmediate)
  expect(done).toEqual([])
  ready.resolve()
  await eventually('both are done', () => done.length === 4)
  expect(done).toEqual(['begin a', 'end a', 'begin b', 'end b'])
  expect(errors).toHaveLength(1)
})

test('whoever sends more than can be handled is cut off', () => {
  let full = 0
  const never = Promise.withResolvers<void>()
  const push = createInbox({
    ready: never.promise,
    handle: async () => {},
    onError: () => {},
    onFull: () => (full += 1)
  })
  for (let count = 0; count < 10_000; count += 1) push(wake())
  expect(full).toBe(0)
  push(wake())
  expect(full).toBe(1)
})
