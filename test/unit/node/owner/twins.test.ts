import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchTwins } from '../../../../src/node/owner/twins.ts'
import type { LogChange, Twin } from '../../../../src/swarm/index.ts'
import { createListeners } from '../../../../src/common/listeners.ts'
import { silent } from '../../../fixtures/swarm-node.ts'

const SELF = 'this-node'
const proof = [new Uint8Array([1]), new Uint8Array([2])] as const

function watched(epoch: number | undefined) {
  const records = createListeners<LogChange>()
  const twins = createListeners<Twin>()
  const said: Uint8Array[] = []
  const deposed: (string | undefined)[] = []
  const regained: string[] = []
  let regaining = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  let leavings = 0
  watchTwins({
    self: SELF,
    book: { onRecord: records.add, onTwin: twins.add },
    spread: { say: (_, topic, data) => void (topic === 'log' && said.push(data)) },
    owner: { depose: async (projectId) => void deposed.push(projectId) },
    reign: { epoch },
    regain: async (projectId) => {
      regained.push(projectId)
      await regaining.promise
    },
    leaveSwarm: async () => {
      leavings += 1
      left.resolve()
    },
    log: silent
  })
  const record = (owner: string, isFork: boolean): void =>
    records.tell({ view: { owner, projectId: 'p' }, proof: isFork ? proof : undefined } as unknown as LogChange)
  const settleRegain = async (how: 'resolve' | 'reject'): Promise<void> => {
    const { promise, ...settle } = regaining
    regaining = Promise.withResolvers()
    settle[how]()
    await promise.catch(() => {})
    await setImmediate()
  }
  const seen = { said, deposed, regained, left: left.promise, leavings: () => leavings }
  return { record, twin: twins.tell, settleRegain, ...seen }
}

test('both histories of a fork are gossiped, and a project of this node stops', () => {
  const { record, said, deposed } = watched(3)
  record('another', false)
  expect(said).toEqual([])
  record('another', true)
  expect(said).toEqual([...proof])
  expect(deposed).toEqual([])
  record(SELF, true)
  expect(deposed).toEqual(['p'])
})

test('from records of an earlier run of this node their project goes on, once for all that come together', async () => {
  const { twin, deposed, regained, settleRegain, leavings } = watched(3)
  for (const projectId of ['p', 'p', 'q', 'p']) twin({ projectId, epoch: 2 })
  expect(regained).toEqual(['p', 'q'])
  await settleRegain('reject')
  twin({ projectId: 'p', epoch: 2 })
  await settleRegain('resolve')
  twin({ projectId: 'p', epoch: 2 })
  expect(regained).toEqual(['p', 'q', 'p', 'p'])
  expect(deposed).toEqual([])
  expect(leavings()).toBe(0)
})

test.each([
  ['as new as this one', 3, 3],
  ['newer', 3, 4],
  ['met before this node has an epoch', undefined, 1]
] as const)('a twin that is %s gets the swarm', async (_, epoch, its) => {
  const { twin, deposed, left } = watched(epoch)
  twin({ projectId: 'p', epoch: its })
  expect(deposed).toEqual([undefined])
  await left
})
