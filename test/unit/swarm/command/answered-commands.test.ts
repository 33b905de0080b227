import { expect, test } from 'vitest'
import { createAnsweredCommands } from '../../../../src/swarm/command/answered-commands.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { CommandReply } from '../../../../src/swarm/protocol/index.ts'

/** Answers that say how often they were made. */
function counting(): { carryOut: () => Promise<CommandReply>; times: () => number } {
  let times = 0
  return {
    carryOut: async () => ({ commandId: 'x', status: 'done', message: `${(times += 1)}` }),
    times: () => times
  }
}

test('a repeat gets the answer of before, of another peer its own', async () => {
  const answered = createAnsweredCommands()
  const { carryOut } = counting()
  const messages = []
  for (const [peer, id] of [
    [OWNER, 'a'],
    [OWNER, 'a'],
    [WORKER, 'a'],
    [OWNER, 'b'],
    [WORKER, 'a']
  ] as const)
    messages.push((await answered.once(peer, id, carryOut)).message)
  expect(messages).toEqual(['1', '1', '2', '3', '2'])
})

test('a repeat while the first is carried out waits for it', async () => {
  const answered = createAnsweredCommands()
  const slow = Promise.withResolvers<CommandReply>()
  const { carryOut, times } = counting()
  const first = answered.once(OWNER, 'a', async () => slow.promise)
  const second = answered.once(OWNER, 'a', carryOut)
  const reply: CommandReply = { commandId: 'a', status: 'ended', message: '' }
  slow.resolve(reply)
  expect(await Promise.all([first, second])).toEqual([reply, reply])
  expect(times()).toBe(0)
  await answered.settled()
})

test('of more than it keeps the oldest is forgotten', async () => {
  const answered = createAnsweredCommands(3)
  const { carryOut, times } = counting()
  for (const id of ['a', 'b', 'c', 'd', 'b', 'c', 'd']) await answered.once(OWNER, id, carryOut)
  expect(times()).toBe(4)
  await answered.once(OWNER, 'a', carryOut)
  expect(times()).toBe(5)
})
