import { describe, expect, test } from 'vitest'
import type { AttemptRepository, StoredAttempt } from '../../src/storage/index.ts'
import { attemptOf } from '../fixtures/attempts.ts'
import { createMemoryAttemptStore } from '../fixtures/memory-attempt-store.ts'
import { inLevel, inMemory, type Restartable } from '../fixtures/restartable-store.ts'

const IMPLEMENTATIONS = [
  { name: 'level', open: async () => inLevel<AttemptRepository>(({ attempts }) => attempts) },
  {
    name: 'memory',
    open: async () => {
      const stored = new Map<string, StoredAttempt>()
      return inMemory<AttemptRepository>(() => createMemoryAttemptStore(stored))
    }
  }
]

async function all({ store }: Restartable<AttemptRepository>): Promise<StoredAttempt[]> {
  const found: StoredAttempt[] = []
  for await (const attempt of store.all()) found.push(attempt)
  return found.toSorted((a, b) => a.scene - b.scene || a.attempt - b.attempt)
}

describe.for(IMPLEMENTATIONS)('$name', ({ open }) => {
  test('all come back after a restart, more than one page of them', async () => {
    const opened = await open()
    const put = Array.from({ length: 2500 }, (_, scene) => attemptOf({ scene }))
    for (const attempt of put) await opened.store.put(attempt)
    expect(await all(await opened.restart())).toEqual(put)
  })

  test('one with the same token is replaced; only that one is deleted', async () => {
    const opened = await open()
    await opened.store.put(attemptOf())
    const changed = attemptOf({ verdict: 'failed', reason: 'no such flag' })
    await opened.store.put(changed)
    const others = [attemptOf({ attempt: 2 }), attemptOf({ scene: 2 })]
    for (const attempt of others) await opened.store.put(attempt)
    expect(await all(opened)).toEqual([changed, ...others])
    await opened.store.delete(changed)
    await opened.store.delete(changed)
    expect(await all(opened)).toEqual(others)
  })

  test('clearing takes one project', async () => {
    const opened = await open()
    const other = attemptOf({ projectId: 'aa' })
    await opened.store.put(attemptOf({ projectId: 'a' }))
    await opened.store.put(other)
    await opened.store.clear('a')
    expect(await all(await opened.restart())).toEqual([other])
  })
})
