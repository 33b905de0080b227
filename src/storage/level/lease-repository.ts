import { BUCKETS, keysOf } from './buckets.ts'
import type { LevelGate } from './level-gate.ts'
import type { Readers } from './stored.ts'
import type { LeaseRepository, StoredLease } from '../ports.ts'

export function createLeaseRepository(gate: LevelGate, read: Readers['lease']): LeaseRepository {
  const bucket = gate.bucket<unknown>(BUCKETS.lease, 'json')
  return {
    put: async (lease) => gate.write(async () => bucket.put(leaseKey(lease), lease)),
    delete: async (lease) => gate.write(async () => bucket.del(leaseKey(lease))),
    all: async (projectId) => {
      const found = await gate.read(async () => bucket.iterator(keysOf(projectId)).all())
      return found.flatMap(([key, lease]) => read(key, lease))
    },
    clear: async (projectId) => gate.write(async () => bucket.clear(keysOf(projectId)))
  }
}

function leaseKey(lease: Pick<StoredLease, 'projectId' | 'scene' | 'epoch' | 'attempt'>): string {
  return `${lease.projectId}!${String(lease.scene).padStart(6, '0')}!${lease.epoch}!${lease.attempt}`
}
