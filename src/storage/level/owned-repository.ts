import type { Level } from 'level'
import { BUCKETS } from './buckets.ts'
import type { OwnedProject, OwnedRepository, StoredLease } from '../ports.ts'

export function createOwnedRepository(level: Level<string, Uint8Array>): OwnedRepository {
  const owned = level.sublevel<string, OwnedProject>(BUCKETS.owned, { keyEncoding: 'utf8', valueEncoding: 'json' })
  const leases = level.sublevel<string, StoredLease>(BUCKETS.lease, { keyEncoding: 'utf8', valueEncoding: 'json' })
  const durable = { sync: true } as object
  return {
    put: async (project) => owned.put(project.projectId, project, durable),
    all: async () => owned.values().all(),
    delete: async (projectId) => {
      await leases.clear({ gte: `${projectId}!`, lt: `${projectId}"` })
      await owned.del(projectId, durable)
    },
    putLease: async (lease) => leases.put(leaseKey(lease), lease),
    deleteLease: async (lease) => leases.del(leaseKey(lease)),
    leases: async (projectId) => leases.values({ gte: `${projectId}!`, lt: `${projectId}"` }).all()
  }
}

function leaseKey(lease: Pick<StoredLease, 'projectId' | 'scene' | 'epoch' | 'attempt'>): string {
  return `${lease.projectId}!${String(lease.scene).padStart(6, '0')}!${lease.epoch}!${lease.attempt}`
}
