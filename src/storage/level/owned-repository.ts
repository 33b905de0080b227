import { BUCKETS } from './buckets.ts'
import type { LevelGate } from './level-gate.ts'
import type { LeaseRepository, OwnedProject, OwnedRepository } from '../ports.ts'

/** Jobs as schema 0 kept them, until the owner uses the OwnStore. */
export function createOwnedRepository(gate: LevelGate, leases: LeaseRepository): OwnedRepository {
  const owned = gate.bucket<OwnedProject>(BUCKETS.owned, 'json')
  const durable = { sync: true } as object
  return {
    put: async (project) => gate.write(async () => owned.put(project.projectId, project, durable)),
    all: async () => gate.read(async () => owned.values().all()),
    delete: async (projectId) => {
      await leases.clear(projectId)
      await gate.write(async () => owned.del(projectId, durable))
    },
    putLease: leases.put,
    deleteLease: leases.delete,
    leases: leases.all
  }
}
