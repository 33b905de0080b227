import { BUCKETS, keysOf } from './buckets.ts'
import type { LevelGate } from './level-gate.ts'
import type { LeaseRepository, StoredLease } from '../ports.ts'

export function createLeaseRepository(gate: LevelGate): LeaseRepository {
  const bucket = gate.bucket<StoredLease>(BUCKETS.lease, 'json')
  return {
    put: async (lease) => gate.write(async () => bucket.put(leaseKey(lease), lease)),
    delete: async (lease) => gate.write(async () => bucket.del(leaseKey(lease))),
    all: async (projectId) => gate.read(async () => bucket.values(keysOf(projectId)).all()),
    clear: async (projectId) => gate.write(async () => bucket.clear(keysOf(projectId)))
  }
}

function leaseKey(lease: Pick<StoredLease, 'projectId' | 'scene' | 'epoch' | 'attempt'>): string {
  return `${lease.projectId}!${String(lease.scene).padStart(6, '0')}!${lease.epoch}!${lease.attempt}`
}
