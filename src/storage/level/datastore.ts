import { LevelDatastore } from 'datastore-level'
import type { BatchOperation, Level } from 'level'
import { BUCKETS } from './buckets.ts'
import type { Bucket, LevelGate } from './level-gate.ts'

/** libp2p's datastore in its own bucket; its writes pass the gate like all others. */
export function createDatastore(gate: LevelGate): LevelDatastore {
  const bucket = gate.bucket<Uint8Array>(BUCKETS.libp2p, 'view')
  const gated: Pick<Bucket<Uint8Array>, 'open' | 'close' | 'get' | 'iterator'> &
    Record<'put' | 'del' | 'batch', (...args: never[]) => Promise<void>> = {
    // The database is opened and closed as a whole.
    open: async () => {},
    close: async () => {},
    get: async (key: string) => gate.read(async () => bucket.get(key)),
    iterator: ((options?: object) => bucket.iterator(options ?? {})) as Bucket<Uint8Array>['iterator'],
    put: async (key: string, value: Uint8Array) => gate.write(async () => bucket.put(key, value)),
    del: async (key: string) => gate.write(async () => bucket.del(key)),
    batch: async (operations: BatchOperation<Bucket<Uint8Array>, string, Uint8Array>[]) =>
      gate.write(async () => bucket.batch(operations))
  }
  return new LevelDatastore(gated as unknown as Level<string, Uint8Array>)
}
