import { BUCKETS, keysOf } from './buckets.ts'
import type { LevelGate } from './level-gate.ts'
import type { Readers } from './stored.ts'
import type { AttemptRepository, StoredAttempt } from '../ports.ts'

/** Read in one go, so that a reader never holds the database for long. */
const PAGE = 1000

export function createAttemptRepository(gate: LevelGate, read: Readers['attempt']): AttemptRepository {
  const bucket = gate.bucket<unknown>(BUCKETS.attempt, 'json')
  return {
    put: async (attempt) => gate.write(async () => bucket.put(attemptKey(attempt), attempt)),
    delete: async (attempt) => gate.write(async () => bucket.del(attemptKey(attempt))),
    all: async function* () {
      let after = ''
      while (true) {
        const page = await gate.read(async () => bucket.iterator({ gt: after, limit: PAGE }).all())
        for (const [key, attempt] of page) yield* read(key, attempt)
        const last = page.at(-1)
        if (last == null || page.length < PAGE) return
        after = last[0]
      }
    },
    clear: async (projectId) => gate.write(async () => bucket.clear(keysOf(projectId)))
  }
}

function attemptKey({ projectId, scene, epoch, attempt }: StoredAttempt): string {
  return `${projectId}!${String(scene).padStart(6, '0')}!${epoch}!${attempt}`
}
