import { BUCKETS } from './buckets.ts'
import type { LevelGate } from './level-gate.ts'
import type { ChronicleKey, ChronicleRepository, StoredChronicle } from '../ports.ts'

const DIGITS = 15

export function createChronicleRepository(gate: LevelGate): ChronicleRepository {
  const bucket = gate.bucket<unknown>(BUCKETS.chronicle, 'json')
  const keyOf = ({ kind, number }: ChronicleKey): string => `${kind}!${String(number).padStart(DIGITS, '0')}`
  return {
    put: async ({ value, ...key }) => gate.write(async () => bucket.put(keyOf(key), value)),
    delete: async (key) => gate.write(async () => bucket.del(keyOf(key))),
    all: async (kind) => {
      const entries = await gate.read(async () => bucket.iterator({ gte: `${kind}!`, lt: `${kind}"` }).all())
      return entries.map(([key, value]): StoredChronicle => ({
        kind,
        number: Number(key.slice(kind.length + 1)),
        value
      }))
    }
  }
}
