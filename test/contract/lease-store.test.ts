import { describe, expect, test } from 'vitest'
import type { LeaseRepository, StoredLease } from '../../src/storage/index.ts'
import { createMemoryLeaseStore } from '../fixtures/memory-lease-store.ts'
import { inLevel, inMemory } from '../fixtures/restartable-store.ts'

const IMPLEMENTATIONS = [
  { name: 'level', open: async () => inLevel<LeaseRepository>(({ leases }) => leases) },
  {
    name: 'memory',
    open: async () => {
      const stored = new Map<string, StoredLease>()
      return inMemory<LeaseRepository>(() => createMemoryLeaseStore(stored))
    }
  }
]
const LEASE: StoredLease = { projectId: 'a', scene: 2, epoch: 1, attempt: 3, worker: 'w' }

describe.for(IMPLEMENTATIONS)('$name', ({ open }) => {
  test('leases come back in the order of scenes, each project its own', async () => {
    const { store, restart } = await open()
    for (const scene of [100, 11, 2]) await store.put({ ...LEASE, scene })
    await store.put({ ...LEASE, projectId: 'aa' })
    const { store: again } = await restart()
    expect(await again.all('a')).toEqual([2, 11, 100].map((scene) => ({ ...LEASE, scene })))
    expect(await again.all('aa')).toEqual([{ ...LEASE, projectId: 'aa' }])
    expect(await again.all('b')).toEqual([])
  })

  test('only the lease with that token is deleted', async () => {
    const { store } = await open()
    const others = [
      { ...LEASE, attempt: 4 },
      { ...LEASE, epoch: 2 },
      { ...LEASE, scene: 20 }
    ]
    for (const lease of [LEASE, ...others]) await store.put(lease)
    await store.delete(LEASE)
    await store.delete(LEASE)
    expect(await store.all('a')).toHaveLength(3)
    expect(await store.all('a')).not.toContainEqual(LEASE)
  })

  test('a lease put again is replaced; clearing takes one project', async () => {
    const { store, restart } = await open()
    await store.put(LEASE)
    await store.put({ ...LEASE, worker: 'x' })
    await store.put({ ...LEASE, projectId: 'aa' })
    expect(await store.all('a')).toEqual([{ ...LEASE, worker: 'x' }])
    await store.clear('a')
    const { store: again } = await restart()
    expect(await again.all('a')).toEqual([])
    expect(await again.all('aa')).toHaveLength(1)
  })
})
